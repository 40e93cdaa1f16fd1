namespace LoraEdge;

/// <summary>
/// The one place where the bytes of a store's adapter files are read and written: what wraps them, wraps them here. Everything
/// else sees the adapter file of docs/adapter-format.md.
/// </summary>
internal sealed class AdapterFiles(IFileSystem files)
{
    public IFileSystem Files => files;

    /// <exception cref="AdapterFormatException">The file is missing or larger than any adapter.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[] Read(string path) => BoundedFile.Read(files, path);

    /// <summary>Writes a file, whole or not at all; returns when it survives a loss of power.</summary>
    /// <exception cref="IOException">It cannot be written; the old one is as it was.</exception>
    public void Write(string path, byte[] bytes) => files.WriteAtomic(path, bytes);
}
