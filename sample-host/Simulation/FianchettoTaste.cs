using Rival.Chess;

namespace Rival.Simulation;

/// <summary>Bishops on the long diagonals, small pawn steps, an early castling; trades and checks can wait.</summary>
public sealed class FianchettoTaste : ITaste
{
    /// <inheritdoc />
    public double Of(in Position position, int ownMove, Move move)
    {
        Piece piece = position.PieceAt(move.From);
        double liking = 0;
        if (MoveFacts.IsCapture(position, move))
            liking -= 1;
        if (MoveFacts.GivesCheck(position, move))
            liking -= 1;
        if (MoveFacts.IsCastling(position, move))
            liking += 2;
        if (piece == Piece.Bishop && IsLongDiagonalHome(position, move.To))
            liking += 3;
        if (piece == Piece.Pawn)
            liking += PawnLiking(position, move);
        return liking;
    }

    private static double PawnLiking(in Position position, Move move)
    {
        if (MoveFacts.RanksForward(position, move) > 1)
            return -1.5;
        return MoveFacts.OwnRank(position, move.To) == 2 && Square.File(move.To) is 1 or 6 ? 2.5 : 0.5;
    }

    private static bool IsLongDiagonalHome(in Position position, int square) =>
        MoveFacts.OwnRank(position, square) == 1 && Square.File(square) is 1 or 6;
}
