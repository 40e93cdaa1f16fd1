namespace LoraEdge;

/// <summary>Replaces a file so that a crash at any moment leaves either the old content or the new, never a mixture.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside the file, flushes to disk, and renames over it. The temporary file is removed on failure.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string full = Path.GetFullPath(path);
        string temporary = $"{full}.{Guid.NewGuid().ToString("N").Substring(0, 8)}.tmp";
        try
        {
            WriteThrough(temporary, content);
            FileReplacement.Rename(temporary, full);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        FileReplacement.TryFlushFolder(Path.GetDirectoryName(full)!);
    }

    private static void WriteThrough(string path, ReadOnlySpan<byte> content)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
#if NETSTANDARD2_0
        byte[] bytes = content.ToArray();
        stream.Write(bytes, 0, bytes.Length);
#else
        stream.Write(content);
#endif
        stream.Flush(flushToDisk: true);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that led here matters more than a left-over temporary file.
        }
    }
}
