using System.Globalization;

namespace Rival.Chess;

/// <summary>A PGN date, of which any part may be unknown: <c>1968.??.??</c>. Unknown parts are 0 and so sort first.</summary>
/// <param name="Year">The year, or 0.</param>
/// <param name="Month">The month 1..12, or 0.</param>
/// <param name="Day">The day 1..31, or 0.</param>
public readonly record struct PgnDate(int Year, int Month, int Day) : IComparable<PgnDate>
{
    /// <summary>Reads a date; parts that are missing, unreadable or out of range are unknown.</summary>
    public static PgnDate Parse(ReadOnlySpan<char> text)
    {
        Span<Range> parts = stackalloc Range[4];
        int count = text.SplitAny(parts, "./-");
        return new PgnDate(
            Part(text, parts[..count], 0, 9999),
            Part(text, parts[..count], 1, 12),
            Part(text, parts[..count], 2, 31));
    }

    /// <summary>Compares year, then month, then day.</summary>
    public int CompareTo(PgnDate other) => (Year, Month, Day).CompareTo((other.Year, other.Month, other.Day));

    private static int Part(ReadOnlySpan<char> text, ReadOnlySpan<Range> parts, int index, int most)
    {
        if (index >= parts.Length)
            return 0;
        ReadOnlySpan<char> digits = text[parts[index]].Trim();
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= most ? value : 0;
    }
}
