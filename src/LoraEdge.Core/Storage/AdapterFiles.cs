namespace LoraEdge;

/// <summary>
/// The one place where the bytes of a store's own files are read and written, and encrypted where the host has given a key.
/// Everything else sees the formats of docs/adapter-format.md.
/// </summary>
internal sealed class AdapterFiles(IFileSystem files, EncryptionKey? key = null)
{
    private const string Kind = "adapter";

    public IFileSystem Files => files;

    /// <summary>What a file holds; one that is not encrypted is read whether or not there is a key.</summary>
    /// <exception cref="AdapterFormatException">The file is missing or larger than any adapter.</exception>
    /// <exception cref="EncryptionKeyException">It is encrypted, and its key was not given.</exception>
    /// <exception cref="EncryptedFileException">It is encrypted and damaged, or holds something else.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[] Read(string path, string kind = Kind)
    {
        byte[] bytes = BoundedFile.Read(files, path);
        return EncryptedFile.IsEncrypted(bytes) ? EncryptedFile.Open(bytes, kind, key, path) : bytes;
    }

    /// <summary>Writes a file, whole or not at all; returns when it survives a loss of power.</summary>
    /// <exception cref="IOException">It cannot be written; the old one is as it was.</exception>
    public void Write(string path, byte[] bytes, string kind = Kind) => files.WriteAtomic(path, key is null ? bytes : EncryptedFile.Seal(bytes, kind, key));
}
