using Rival.Chess;

namespace Rival.Simulation;

/// <summary>What can be said of a legal move by looking at the board.</summary>
internal static class MoveFacts
{
    /// <summary>Whether the move takes something, en passant included.</summary>
    public static bool IsCapture(in Position position, Move move) =>
        position.PieceAt(move.To) != Piece.None
        || (position.PieceAt(move.From) == Piece.Pawn && Square.File(move.From) != Square.File(move.To));

    /// <summary>Whether the move attacks the king.</summary>
    public static bool GivesCheck(Position position, Move move)
    {
        position.Play(move);
        return position.IsInCheck;
    }

    /// <summary>Whether the move castles.</summary>
    public static bool IsCastling(in Position position, Move move) =>
        position.PieceAt(move.From) == Piece.King && Math.Abs(move.To - move.From) == 2;

    /// <summary>Ranks towards the other side; negative for a retreat.</summary>
    public static int RanksForward(in Position position, Move move) => OwnRank(position, move.To) - OwnRank(position, move.From);

    /// <summary>The rank as the side to move counts: 0 is its own back rank.</summary>
    public static int OwnRank(in Position position, int square) =>
        position.SideToMove == Side.White ? Square.Rank(square) : 7 - Square.Rank(square);
}
