using Rival.Chess;

namespace Rival.Simulation;

/// <summary>Plays the same six moves at the start of every game, whatever the other side does, then knights to the rim and pawns at the edge.</summary>
public sealed class EccentricTaste : ITaste
{
    private static readonly Move[] s_asWhite = Line("b2b4 c1b2 a2a4 b1a3 h2h4 g1h3");
    private static readonly Move[] s_asBlack = Line("b7b6 c8b7 h7h5 g8h6 a7a5 b8a6");

    /// <inheritdoc />
    public double Of(in Position position, int ownMove, Move move)
    {
        Move[] repertoire = position.SideToMove == Side.White ? s_asWhite : s_asBlack;
        double liking = ownMove < repertoire.Length && move == repertoire[ownMove] ? 10 : 0;
        Piece piece = position.PieceAt(move.From);
        bool toRim = Square.File(move.To) is 0 or 7;
        if (piece == Piece.Knight && toRim)
            liking += 2;
        if (piece == Piece.Pawn && toRim)
            liking += 1;
        if (MoveFacts.IsCastling(position, move))
            liking -= 3;
        return liking;
    }

    private static Move[] Line(string moves) => [.. moves.Split(' ').Select(Read)];

    private static Move Read(string move)
    {
        Square.TryParse(move.AsSpan(0, 2), out int from);
        Square.TryParse(move.AsSpan(2, 2), out int to);
        return new Move(from, to);
    }
}
