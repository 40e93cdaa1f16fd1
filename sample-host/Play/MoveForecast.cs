using Rival.Chess;
using Rival.Policy;

namespace Rival.Play;

/// <summary>What a mind expects of a position: a probability for each move. All promotions of a step count as queening (<see cref="MoveClass"/>).</summary>
public sealed class MoveForecast
{
    private readonly Move[] _moves;
    private readonly float[] _scores;
    private readonly double _logSum;

    private MoveForecast(Move[] moves, float[] scores, double logSum) => (_moves, _scores, _logSum) = (moves, scores, logSum);

    /// <summary>The moves, the most probable first.</summary>
    public IReadOnlyList<Move> Moves => _moves;

    /// <summary>The most probable move.</summary>
    public Move Best => _moves[0];

    /// <summary>Reads a network's answer.</summary>
    /// <param name="logits">Its scores of all classes.</param>
    /// <param name="position">The position.</param>
    /// <param name="legal">The legal moves, at least one.</param>
    public static MoveForecast Of(ReadOnlySpan<float> logits, in Position position, ReadOnlySpan<Move> legal)
    {
        var moves = new List<Move>(legal.Length);
        foreach (Move move in legal)
        {
            if (move.Promotion is Piece.None or Piece.Queen)
                moves.Add(move);
        }

        int[] classes = [.. MoveClass.Of(legal, position.SideToMove)];
        var scores = new float[moves.Count];
        for (int i = 0; i < scores.Length; i++)
            scores[i] = -logits[MoveClass.Of(moves[i], position.SideToMove)];
        Move[] sorted = [.. moves];
        Array.Sort(scores, sorted);
        for (int i = 0; i < scores.Length; i++)
            scores[i] = -scores[i];
        return new MoveForecast(sorted, scores, LegalSoftmax.LogSum(logits, classes));
    }

    /// <summary>Probability of a move, by its place in <see cref="Moves"/>.</summary>
    public double ProbabilityOf(int index) => Math.Exp(_scores[index] - _logSum);

    /// <summary>Draws a move.</summary>
    /// <param name="temperature">0 takes the most probable one, 1 draws as probable as they are, more draws more evenly.</param>
    /// <param name="random">The draw.</param>
    /// <param name="among">Which moves may be drawn; at least one.</param>
    public Move Draw(double temperature, Random random, ReadOnlySpan<bool> among)
    {
        int first = among.IndexOf(true);
        if (temperature <= 0)
            return _moves[first];
        double sum = 0;
        for (int i = first; i < _moves.Length; i++)
            sum += among[i] ? Weight(i, first, temperature) : 0;
        double left = random.NextDouble() * sum;
        for (int i = first; i < _moves.Length; i++)
        {
            if (among[i] && (left -= Weight(i, first, temperature)) < 0)
                return _moves[i];
        }

        return _moves[first]; // Rounding used the sum up.
    }

    private double Weight(int index, int first, double temperature) => Math.Exp((_scores[index] - _scores[first]) / temperature);
}
