using Rival.Chess;

namespace Rival.Policy;

/// <summary>Scores predictions of moves that were played, in batches, through the session that serves.</summary>
public sealed class PolicyEvaluator
{
    /// <summary>Positions per inference.</summary>
    public const int BatchSize = 256;

    private readonly PolicyBatch _batch = new(BatchSize);
    private readonly List<(int Ply, int Played, int[] Legal)> _moves = new(BatchSize);

    /// <summary>Scores a network on decisions.</summary>
    /// <param name="infer">The network, with an adapter or without.</param>
    /// <param name="decisions">Moves that were played.</param>
    /// <param name="cancellation">Checked between batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public PolicyScore Score(PolicyInference infer, IEnumerable<Decision> decisions, CancellationToken cancellation = default)
    {
        PolicyScore score = default;
        Clear();
        foreach (Decision decision in decisions)
        {
            Add(decision);
            if (_batch.IsFull)
            {
                cancellation.ThrowIfCancellationRequested();
                score += ScoreBatch(infer);
            }
        }

        return _batch.Count > 0 ? score + ScoreBatch(infer) : score;
    }

    private void Add(in Decision decision)
    {
        Span<Move> buffer = stackalloc Move[MoveGenerator.MaxMoves];
        Position position = decision.Position;
        ReadOnlySpan<Move> legal = buffer[..MoveGenerator.LegalMoves(position, buffer)];
        _batch.Add(position, decision.History, legal);
        _moves.Add((decision.Ply, MoveClass.Of(decision.Played, position.SideToMove), MoveClass.Of(legal, position.SideToMove)));
    }

    private PolicyScore ScoreBatch(PolicyInference infer)
    {
        _batch.Run(infer);
        PolicyScore score = default;
        for (int i = 0; i < _moves.Count; i++)
        {
            (int ply, int played, int[] legal) = _moves[i];
            ReadOnlySpan<float> logits = _batch.Logits(i);
            double nll = LegalSoftmax.LogSum(logits, legal) - logits[played];
            score = score.With(ply, nll, LegalSoftmax.Best(logits, legal) == played);
        }

        Clear();
        return score;
    }

    private void Clear()
    {
        _batch.Clear();
        _moves.Clear();
    }
}
