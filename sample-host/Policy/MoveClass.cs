using Rival.Chess;

namespace Rival.Policy;

/// <summary>
/// The number under which the policy network knows a move: <c>from * 64 + to</c>, both squares as the mover sees them.
/// All promotions of one step share a number and are read back as a queen: other pieces are chosen in one promotion of
/// forty (269 of 9,974, in 14 million moves of masters), and a table without them keeps the head a plain product of two squares.
/// </summary>
public static class MoveClass
{
    /// <summary>Number of classes.</summary>
    public const int Count = 64 * 64;

    /// <summary>The class of <paramref name="move"/> when <paramref name="mover"/> plays it.</summary>
    public static int Of(Move move, Side mover) => (Turn(move.From, mover) << 6) | Turn(move.To, mover);

    /// <summary>The classes of the legal moves, without repetition, ascending.</summary>
    public static int[] Of(ReadOnlySpan<Move> legal, Side mover)
    {
        Span<int> classes = stackalloc int[MoveGenerator.MaxMoves];
        int count = 0;
        foreach (Move move in legal)
        {
            if (move.Promotion is Piece.None or Piece.Queen)
                classes[count++] = Of(move, mover);
        }

        classes = classes[..count];
        classes.Sort();
        return classes.ToArray();
    }

    /// <summary>The move of a class; a pawn that arrives on the last rank becomes a queen.</summary>
    public static Move ToMove(int index, in Position position)
    {
        int from = Turn(index >> 6, position.SideToMove);
        int to = Turn(index & 63, position.SideToMove);
        bool promotes = position.PieceAt(from) == Piece.Pawn && Square.Rank(to) is (0 or 7);
        return new Move(from, to, promotes ? Piece.Queen : Piece.None);
    }

    private static int Turn(int square, Side mover) => mover == Side.White ? square : square ^ 56;
}
