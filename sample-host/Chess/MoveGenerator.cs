namespace Rival.Chess;

/// <summary>Generates the legal moves of a position.</summary>
public static class MoveGenerator
{
    /// <summary>Room for the moves of any position; the most that any reachable one has is 218.</summary>
    public const int MaxMoves = 256;

    /// <summary>Writes every legal move of the side to move, in an order that depends on the position alone.</summary>
    /// <param name="position">The position.</param>
    /// <param name="destination">Where the moves go; <see cref="MaxMoves"/> places are always enough.</param>
    /// <returns>How many moves were written; 0 is checkmate or stalemate.</returns>
    public static int LegalMoves(in Position position, Span<Move> destination)
    {
        var moves = new LegalMoveWriter(in position, destination);
        moves.AddKingSteps();
        // Only the king can answer two checks at once.
        if (moves.IsDoubleCheck)
            return moves.Count;
        moves.AddPieces(Piece.Knight);
        moves.AddPieces(Piece.Bishop);
        moves.AddPieces(Piece.Rook);
        moves.AddPieces(Piece.Queen);
        moves.AddPawnPushes();
        moves.AddPawnCaptures();
        moves.AddEnPassant();
        moves.AddCastling();
        return moves.Count;
    }

    /// <summary>Whether the side to move has any legal move.</summary>
    public static bool HasLegalMove(in Position position)
    {
        Span<Move> moves = stackalloc Move[MaxMoves];
        return LegalMoves(position, moves) > 0;
    }
}
