using System.Text;

namespace Rival.Chess;

/// <summary>Writes Forsyth-Edwards notation, the position format of the PGN standard, section 16.1.</summary>
internal static class FenWriter
{
    internal static string Write(in Position position)
    {
        var text = new StringBuilder(90);
        for (int rank = 7; rank >= 0; rank--)
            WriteRank(text, position, rank);
        text.Append(position.SideToMove == Side.White ? " w " : " b ");
        WriteCastling(text, position.CastlingRights);
        text.Append(' ').Append(position.EnPassantSquare == Square.None ? "-" : Square.Name(position.EnPassantSquare));
        return text.Append(' ').Append(position.HalfmoveClock).Append(' ').Append(position.FullmoveNumber).ToString();
    }

    private static void WriteRank(StringBuilder text, in Position position, int rank)
    {
        int empty = 0;
        for (int file = 0; file < 8; file++)
        {
            int square = Square.At(file, rank);
            if (position.SideAt(square) is not { } side)
            {
                empty++;
                continue;
            }
            AppendEmpty(text, ref empty);
            char letter = PieceLetter.Of(position.PieceAt(square));
            text.Append(side == Side.White ? letter : char.ToLowerInvariant(letter));
        }
        AppendEmpty(text, ref empty);
        if (rank > 0)
            text.Append('/');
    }

    private static void AppendEmpty(StringBuilder text, ref int empty)
    {
        if (empty > 0)
            text.Append(empty);
        empty = 0;
    }

    private static void WriteCastling(StringBuilder text, CastlingRights rights)
    {
        if (rights == CastlingRights.None)
            text.Append('-');
        for (int bit = 0; bit < 4; bit++)
            if (((int)rights >> bit & 1) != 0)
                text.Append("KQkq"[bit]);
    }
}
