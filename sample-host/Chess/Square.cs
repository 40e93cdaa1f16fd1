namespace Rival.Chess;

/// <summary>Squares are numbers 0..63: a1 = 0, b1 = 1, ..., h1 = 7, a2 = 8, ..., h8 = 63.</summary>
public static class Square
{
    /// <summary>The value that stands for "no square".</summary>
    public const int None = -1;

    /// <summary>The file of <paramref name="square"/>, 0 (a) to 7 (h).</summary>
    public static int File(int square) => square & 7;

    /// <summary>The rank of <paramref name="square"/>, 0 (first) to 7 (eighth).</summary>
    public static int Rank(int square) => square >> 3;

    /// <summary>The square on <paramref name="file"/> and <paramref name="rank"/>, both 0..7.</summary>
    public static int At(int file, int rank) => rank * 8 + file;

    /// <summary>The bitboard that holds <paramref name="square"/> alone.</summary>
    public static ulong Bit(int square) => 1UL << square;

    /// <summary>The algebraic name of <paramref name="square"/>, such as <c>e4</c>.</summary>
    public static string Name(int square) =>
        string.Create(2, square, static (text, at) =>
        {
            text[0] = FileLetter(at);
            text[1] = RankDigit(at);
        });

    /// <summary>Reads an algebraic name such as <c>e4</c>; false when it is not one.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out int square)
    {
        square = None;
        if (name.Length != 2 || name[0] is < 'a' or > 'h' || name[1] is < '1' or > '8')
            return false;
        square = At(name[0] - 'a', name[1] - '1');
        return true;
    }

    internal static char FileLetter(int square) => (char)('a' + File(square));

    internal static char RankDigit(int square) => (char)('1' + Rank(square));
}
