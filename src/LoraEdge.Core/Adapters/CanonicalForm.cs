namespace LoraEdge;

/// <summary>
/// Every adapter has exactly one encoding. Comparing a file with the encoding of what was read from it refuses all others
/// at once: numbers in a longer form than needed, unordered keys, bytes after the end.
/// </summary>
internal static class CanonicalForm
{
    public static void Check(ReadOnlySpan<byte> file, ReadOnlySpan<byte> encoded, string source)
    {
        if (file.SequenceEqual(encoded))
            return;
        int shared = Math.Min(file.Length, encoded.Length);
        int at = 0;
        while (at < shared && file[at] == encoded[at])
            at++;
        throw new AdapterFormatException($"{source} is not in canonical form from byte {at} on ({file.Length} bytes, expected {encoded.Length}): the same content has another encoding. Write it with LoraEdge, which writes the shortest form of every number.");
    }
}
