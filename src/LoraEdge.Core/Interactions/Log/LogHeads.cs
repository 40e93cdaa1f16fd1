namespace LoraEdge;

/// <summary>A look at the heads of a log's files: one whose key is missing, or that a newer version wrote, must be found before anything is repaired.</summary>
internal static class LogHeads
{
    /// <summary>Reads a head; damage is dealt with when the file is opened.</summary>
    /// <exception cref="EncryptionKeyException">The file is encrypted, and its key was not given.</exception>
    /// <exception cref="LogFormatException">The file is of a newer version.</exception>
    public static void Check(IFileSystem files, string path, LogFileKind kind, EncryptionKey? key)
    {
        byte[] head = new byte[LogHeader.PlainBytes + AesGcmCipher.Overhead];
        int length = 0;
        using (Stream stream = files.OpenRead(path))
        {
            for (int read = 1; read > 0 && length < head.Length; length += read)
                read = stream.Read(head, length, head.Length - length);
        }

        try
        {
            LogHeader.Read(head.AsSpan(0, length), kind, key, path);
        }
        catch (LogFormatException) when (!LogHeader.IsNewer(head.AsSpan(0, length)))
        {
        }
    }
}
