using Rival.Chess;

namespace Rival.Play;

/// <summary>
/// A shallow search that knows material, checks and mate: three half-moves, then captures until it is quiet. It plays no
/// chess of its own; it says which of the moves that a mind would play lose something at once.
/// </summary>
/// <param name="cancellation">Ends the search; the exception is <see cref="OperationCanceledException"/>.</param>
internal sealed class BlunderSearch(CancellationToken cancellation)
{
    private const int Mate = 30_000;
    private const int Depth = 2;
    private const int MostQuietPlies = 6;
    private const int MostNodes = 400_000;

    private int _nodes;

    /// <summary>What a move may lose, in hundredths of a pawn, against the best one before it is a blunder.</summary>
    public const int Tolerance = 120;

    /// <summary>Which moves are no blunders; the best one never is.</summary>
    /// <param name="position">The position.</param>
    /// <param name="moves">Legal moves, at least one; the likeliest first makes it faster.</param>
    public bool[] Sound(in Position position, IReadOnlyList<Move> moves)
    {
        var scores = new int[moves.Count];
        int best = -Mate;
        for (int i = 0; i < scores.Length; i++)
        {
            Position next = position;
            next.Play(moves[i]);
            scores[i] = -Search(next, Depth, 1, -Mate, -(best - Tolerance - 1));
            best = Math.Max(best, scores[i]);
        }

        return [.. scores.Select(score => score >= best - Tolerance)];
    }

    private int Search(in Position position, int depth, int ply, int alpha, int beta)
    {
        if ((++_nodes & 1023) == 0)
            cancellation.ThrowIfCancellationRequested();
        Span<Move> moves = stackalloc Move[MoveGenerator.MaxMoves];
        moves = moves[..MoveGenerator.LegalMoves(position, moves)];
        bool inCheck = position.IsInCheck;
        if (moves.IsEmpty)
            return inCheck ? ply - Mate : 0;
        // A check has to be answered before anything can be said; beyond a size nothing is worth the wait.
        bool isQuiet = depth <= 0 && !inCheck;
        if (ply > Depth + MostQuietPlies || _nodes > MostNodes)
            return Material.Balance(position);
        if (isQuiet)
        {
            alpha = Math.Max(alpha, Material.Balance(position));
            moves = CapturesOf(position, moves);
        }

        Order(position, moves);
        foreach (Move move in moves)
        {
            if (alpha >= beta)
                break;
            Position next = position;
            next.Play(move);
            alpha = Math.Max(alpha, -Search(next, depth - 1, ply + 1, -beta, -alpha));
        }

        return alpha;
    }

    private static Span<Move> CapturesOf(in Position position, Span<Move> moves)
    {
        int count = 0;
        foreach (Move move in moves)
        {
            if (position.PieceAt(move.To) != Piece.None || move.Promotion == Piece.Queen)
                moves[count++] = move;
        }

        return moves[..count];
    }

    /// <summary>Most valuable victim by least valuable attacker first.</summary>
    private static void Order(in Position position, Span<Move> moves)
    {
        Span<int> keys = stackalloc int[moves.Length];
        for (int i = 0; i < moves.Length; i++)
        {
            Piece victim = position.PieceAt(moves[i].To);
            keys[i] = victim == Piece.None ? 0 : Material.ValueOf(position.PieceAt(moves[i].From)) / 100 - Material.ValueOf(victim) * 10;
        }

        keys.Sort(moves);
    }
}
