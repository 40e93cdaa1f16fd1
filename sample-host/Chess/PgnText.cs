using System.Text;

namespace Rival.Chess;

/// <summary>Decodes tag values: UTF-8 where the bytes are strictly valid as such, else Latin-1, as old files are.</summary>
internal sealed class PgnText
{
    private const int MostPooled = 1 << 16;
    private const int LongestPooled = 64;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly HashSet<string> _pool = new(StringComparer.Ordinal);

    /// <summary>
    /// Decodes <paramref name="bytes"/>. Short texts are pooled: the same names, dates and events stand in thousands
    /// of games. The pool is bounded, so no file can grow it without end.
    /// </summary>
    internal string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LongestPooled)
            return System.Text.Unicode.Utf8.IsValid(bytes) ? s_strict.GetString(bytes) : Encoding.Latin1.GetString(bytes);
        Span<char> buffer = stackalloc char[LongestPooled];
        Encoding encoding = System.Text.Unicode.Utf8.IsValid(bytes) ? s_strict : Encoding.Latin1;
        return Pooled(buffer[..encoding.GetChars(bytes, buffer)]);
    }

    private string Pooled(ReadOnlySpan<char> text)
    {
        var lookup = _pool.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out string? known))
            return known;
        string made = text.ToString();
        if (_pool.Count < MostPooled)
            _pool.Add(made);
        return made;
    }
}
