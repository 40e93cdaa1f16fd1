namespace LoraEdge.Tests.Interactions.Log;

/// <summary>Files in memory that can be full: then a write leaves half of its bytes and fails.</summary>
internal sealed class FullDisk : IFileSystem
{
    private readonly MemoryFileSystem _files = new();

    public bool IsFull { get; set; }

    public bool FileExists(string path) => _files.FileExists(path);

    public IReadOnlyList<string> Files(string folder) => _files.Files(folder);

    public IReadOnlyList<FileStamp> Stamps(string folder) => _files.Stamps(folder);

    public IDisposable? Watch(string folder, Action changed) => _files.Watch(folder, changed);

    public IReadOnlyList<string> Folders(string folder) => _files.Folders(folder);

    public void CreateFolder(string folder) => _files.CreateFolder(folder);

    public Stream OpenRead(string path) => _files.OpenRead(path);

    public IFileWriter Create(string path) => new Writer(this, _files.Create(path));

    public IFileWriter Append(string path) => new Writer(this, _files.Append(path));

    public void Replace(string from, string to) => _files.Replace(from, to);

    public void Delete(string path) => _files.Delete(path);

    public void DeleteFolder(string folder) => _files.DeleteFolder(folder);

    public void SyncFolder(string folder) => _files.SyncFolder(folder);

    public IDisposable? TryLock(string path, string owner) => _files.TryLock(path, owner);

    public string? LockOwner(string path) => _files.LockOwner(path);

    private sealed class Writer(FullDisk disk, IFileWriter writer) : IFileWriter
    {
        public long Length => writer.Length;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            writer.Write(disk.IsFull ? bytes[..(bytes.Length / 2)] : bytes);
            if (disk.IsFull)
                throw new IOException("The disk is full.");
        }

        public void Flush() => writer.Flush();

        public void Sync() => writer.Sync();

        public void Truncate(long length) => writer.Truncate(length);

        public void Dispose() => writer.Dispose();
    }
}
