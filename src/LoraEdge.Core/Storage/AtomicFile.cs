namespace LoraEdge;

/// <summary>Replaces a file so that a crash at any moment leaves either the old content or the new, never a mixture.</summary>
internal static class AtomicFile
{
    private const string TemporaryExtension = ".tmp";

    /// <summary>Writes beside the file, flushes to disk, and renames over it. The temporary file is removed on failure.</summary>
    public static void WriteAtomic(this IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        string full = Path.GetFullPath(path);
        string temporary = $"{full}.{Guid.NewGuid().ToString("N").Substring(0, 8)}{TemporaryExtension}";
        try
        {
            using (IFileWriter writer = files.Create(temporary))
            {
                writer.Write(content);
                writer.Sync();
            }

            files.Replace(temporary, full);
        }
        catch
        {
            TryDelete(files, temporary);
            throw;
        }

        files.SyncFolder(Path.GetDirectoryName(full)!);
    }

    /// <summary>Whether a file is one that a crash kept from being renamed.</summary>
    public static bool IsTemporary(string path) => path.EndsWith(TemporaryExtension, StringComparison.Ordinal);

    private static void TryDelete(IFileSystem files, string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that led here matters more than a left-over temporary file.
        }
    }
}
