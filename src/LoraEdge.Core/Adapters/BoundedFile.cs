namespace LoraEdge;

/// <summary>Reads a whole file of limited size.</summary>
internal static class BoundedFile
{
    /// <exception cref="AdapterFormatException">The file is missing or larger than any adapter.</exception>
    public static byte[] Read(string path) => Read(DiskFileSystem.Instance, path);

    /// <exception cref="AdapterFormatException">The file is missing or larger than any adapter.</exception>
    public static byte[] Read(IFileSystem files, string path)
    {
        try
        {
            using Stream stream = files.OpenRead(path);
            long length = stream.Length;
            if (length > AdapterLimits.MaxFileBytes)
                throw new AdapterFormatException($"{path} has {length} bytes; at most {AdapterLimits.MaxFileBytes} are read. It is another kind of file: check the path.");
            byte[] bytes = new byte[length];
            int read = 0;
            while (read < bytes.Length)
            {
                int count = stream.Read(bytes, read, bytes.Length - read);
                if (count == 0)
                    throw new AdapterFormatException($"{path} became shorter while it was read: {read} bytes, expected {length}. Try again.");
                read += count;
            }

            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AdapterFormatException($"{path} does not exist. Check the path; a player without an adapter gets the frozen model.", e);
        }
    }
}
