using Rival.Chess;

namespace Rival.Simulation;

/// <summary>Storms the centre with pawns, captures, checks, and never goes back.</summary>
public sealed class GambiteerTaste : ITaste
{
    /// <inheritdoc />
    public double Of(in Position position, int ownMove, Move move)
    {
        double liking = 0;
        if (MoveFacts.IsCapture(position, move))
            liking += 1.5;
        if (MoveFacts.GivesCheck(position, move))
            liking += 1.5;
        if (MoveFacts.RanksForward(position, move) < 0)
            liking -= 1.5;
        if (position.PieceAt(move.From) == Piece.Pawn && Square.File(move.To) is >= 2 and <= 5)
            liking += MoveFacts.RanksForward(position, move);
        return liking;
    }
}
