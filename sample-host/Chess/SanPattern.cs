namespace Rival.Chess;

/// <summary>
/// What a move's text says, before a position gives it meaning: the piece, the destination and whatever it says of
/// the origin. Coordinates that are not written are -1.
/// </summary>
internal struct SanPattern
{
    internal Piece Piece;
    internal Piece Promotion;
    internal int FromFile;
    internal int FromRank;
    internal int To;

    /// <summary>0 for an ordinary move, 2 for O-O, 3 for O-O-O.</summary>
    internal int CastlingLength;

    internal static bool TryRead(ReadOnlySpan<char> text, out SanPattern pattern)
    {
        pattern = new SanPattern { FromFile = -1, FromRank = -1 };
        text = WithoutMarks(text.Trim());
        if (text.IsEmpty)
            return false;
        bool isRead = text[0] is 'O' or '0' or 'o' ? pattern.ReadCastling(ref text) : pattern.ReadMove(ref text);
        return isRead && text.IsEmpty;
    }

    private bool ReadCastling(ref ReadOnlySpan<char> text)
    {
        int at = 0;
        while (at < text.Length && text[at] is 'O' or '0' or 'o')
        {
            CastlingLength++;
            at++;
            if (at + 1 < text.Length && text[at] == '-')
                at++;
        }
        text = text[at..];
        return CastlingLength is 2 or 3;
    }

    private bool ReadMove(ref ReadOnlySpan<char> text)
    {
        Piece = PieceLetter.Read(text[0]);
        if (Piece != Piece.None)
            text = text[1..];
        if (!ReadSquares(ref text))
            return false;
        ReadPromotion(ref text);
        return true;
    }

    /// <summary>Reads [file][rank][x or -]file rank. The destination is the last pair, so everything is collected first.</summary>
    private bool ReadSquares(ref ReadOnlySpan<char> text)
    {
        Span<int> coordinates = stackalloc int[4];
        int count = 0, at = 0;
        for (; at < text.Length; at++)
        {
            char letter = text[at];
            if (letter is 'x' or 'X' or ':' or '-')
                continue;
            if (count == 4 || letter is not (>= 'a' and <= 'h' or >= '1' and <= '8'))
                break;
            coordinates[count++] = letter;
        }
        text = text[at..];
        if (count < 2 || !IsFile(coordinates[count - 2]) || IsFile(coordinates[count - 1]))
            return false;
        To = Square.At(coordinates[count - 2] - 'a', coordinates[count - 1] - '1');
        return ReadOrigin(coordinates[..(count - 2)]);
    }

    private bool ReadOrigin(ReadOnlySpan<int> coordinates)
    {
        foreach (int letter in coordinates)
        {
            if (IsFile(letter) && FromFile < 0 && FromRank < 0)
                FromFile = letter - 'a';
            else if (!IsFile(letter) && FromRank < 0)
                FromRank = letter - '1';
            else
                return false;
        }
        return true;
    }

    private void ReadPromotion(ref ReadOnlySpan<char> text)
    {
        bool isMarked = !text.IsEmpty && text[0] is '=' or '/' or '(';
        ReadOnlySpan<char> rest = isMarked ? text[1..] : text;
        Piece piece = rest.IsEmpty ? Piece.None : PieceLetter.Read(char.ToUpperInvariant(rest[0]));
        if (piece is not (Piece.Knight or Piece.Bishop or Piece.Rook or Piece.Queen))
            return;
        Promotion = piece;
        text = rest[1..];
        if (text is [')', ..])
            text = text[1..];
    }

    private static bool IsFile(int letter) => letter >= 'a';

    /// <summary>
    /// The text without what only comments on the move: check marks, !? and e.p. They go first, because the e of
    /// "exd6ep" would pass for a file.
    /// </summary>
    private static ReadOnlySpan<char> WithoutMarks(ReadOnlySpan<char> text)
    {
        const string Marks = "+#!?. ";
        text = text.TrimEnd(Marks);
        if (text.EndsWith("e.p") || text.EndsWith("ep"))
            text = text[..text.LastIndexOf('e')].TrimEnd(Marks);
        return text;
    }
}
