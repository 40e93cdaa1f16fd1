namespace LoraEdge;

/// <summary>Bounds of what a log reads.</summary>
internal static class LogLimits
{
    /// <summary>Largest file that is read whole: the largest segment and one record more, with room to spare.</summary>
    public const int MaxFileBytes = 160 * 1024 * 1024;

    /// <summary>Reads a file; null when there is none any more.</summary>
    /// <exception cref="LogFormatException">It is larger than any file of a log.</exception>
    public static byte[]? TryRead(this IFileSystem files, string path)
    {
        try
        {
            using Stream stream = files.OpenRead(path);
            return ReadWhole(stream, MaxFileBytes, path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Reads a stream to its end, with memory in proportion to what it really holds.</summary>
    /// <exception cref="LogFormatException">It holds more than the bound.</exception>
    public static byte[] ReadWhole(Stream stream, long bound, string source)
    {
        if (stream.CanSeek && stream.Length - stream.Position > bound)
            throw TooLarge(bound, source);
        using var content = new MemoryStream();
        byte[] part = new byte[64 * 1024];
        for (int read = stream.Read(part, 0, part.Length); read > 0; read = stream.Read(part, 0, part.Length))
        {
            if (content.Length + read > bound)
                throw TooLarge(bound, source);
            content.Write(part, 0, read);
        }

        return content.ToArray();
    }

    private static LogFormatException TooLarge(long bound, string source) =>
        new($"{source} has more than {bound} bytes, which no file of this log has. It is another kind of file, or one of a log with a higher {nameof(InteractionLogOptions.MaxBytes)}.");
}
