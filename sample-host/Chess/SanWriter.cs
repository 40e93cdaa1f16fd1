using System.Text;

namespace Rival.Chess;

/// <summary>Writes standard algebraic notation.</summary>
internal static class SanWriter
{
    private const ulong FileA = 0x0101010101010101;
    private const ulong FirstRank = 0xFF;

    internal static string Write(in Position position, Move move)
    {
        var text = new StringBuilder(8);
        Piece piece = position.PieceAt(move.From);
        if (piece == Piece.King && Math.Abs(move.To - move.From) == 2)
            text.Append(move.To > move.From ? "O-O" : "O-O-O");
        else if (piece == Piece.Pawn)
            WritePawnMove(text, move);
        else
            WritePieceMove(text, position, piece, move);
        WriteCheck(text, position, move);
        return text.ToString();
    }

    private static void WritePawnMove(StringBuilder text, Move move)
    {
        if (Square.File(move.From) != Square.File(move.To))
            text.Append(Square.FileLetter(move.From)).Append('x');
        text.Append(Square.Name(move.To));
        if (move.Promotion != Piece.None)
            text.Append('=').Append(PieceLetter.Of(move.Promotion));
    }

    private static void WritePieceMove(StringBuilder text, in Position position, Piece piece, Move move)
    {
        text.Append(PieceLetter.Of(piece));
        ulong rivals = San.LegalOrigins(position, piece, move.To, ~Square.Bit(move.From));
        if (rivals != 0)
            WriteOrigin(text, rivals, move.From);
        if ((position.Occupied >> move.To & 1) != 0)
            text.Append('x');
        text.Append(Square.Name(move.To));
    }

    /// <summary>The file if it tells the rivals apart, else the rank if that does, else both.</summary>
    private static void WriteOrigin(StringBuilder text, ulong rivals, int from)
    {
        bool sharesFile = (rivals & FileA << Square.File(from)) != 0;
        bool sharesRank = (rivals & FirstRank << (8 * Square.Rank(from))) != 0;
        if (!sharesFile || sharesRank)
            text.Append(Square.FileLetter(from));
        if (sharesFile)
            text.Append(Square.RankDigit(from));
    }

    private static void WriteCheck(StringBuilder text, Position position, Move move)
    {
        position.Play(move);
        if (position.IsInCheck)
            text.Append(MoveGenerator.HasLegalMove(position) ? '+' : '#');
    }
}
