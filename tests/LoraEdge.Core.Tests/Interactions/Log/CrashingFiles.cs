namespace LoraEdge.Tests.Interactions.Log;

/// <summary>The process ends here.</summary>
internal sealed class CrashException : Exception;

/// <summary>
/// A disk that loses power at a given write. What was not synced is then dropped, torn, zeroed or there, name by name and file
/// by file, as <see cref="IFileSystem"/> allows.
/// </summary>
internal sealed class CrashingFiles(int crashAt) : IFileSystem
{
    private readonly SortedDictionary<string, Inode> _names = new(StringComparer.Ordinal);
    private SortedDictionary<string, Inode> _syncedNames = new(StringComparer.Ordinal);
    private int _steps;

    public bool HasCrashed => _steps >= crashAt;

    /// <summary>What the disk holds when the power is back.</summary>
    public MemoryFileSystem AfterCrash(Random random)
    {
        var files = new MemoryFileSystem();
        foreach (string path in _names.Keys.Union(_syncedNames.Keys))
        {
            Inode? now = _names.GetValueOrDefault(path), synced = _syncedNames.GetValueOrDefault(path);
            if ((random.Next(2) == 0 ? now : synced) is not { } inode)
                continue;
            using IFileWriter writer = files.Create(path);
            writer.Write(inode.AfterCrash(random));
        }

        return files;
    }

    public bool FileExists(string path) => _names.ContainsKey(path);

    public IReadOnlyList<string> Files(string folder) => [.. _names.Keys.Where(path => Path.GetDirectoryName(path) == folder)];

    public IReadOnlyList<FileStamp> Stamps(string folder) => throw new NotSupportedException();

    public IDisposable? Watch(string folder, Action changed) => null;

    public IReadOnlyList<string> Folders(string folder) => [];

    public void CreateFolder(string folder)
    {
    }

    public Stream OpenRead(string path) => _names.TryGetValue(path, out Inode? inode) ? new MemoryStream([.. inode.Content]) : throw new FileNotFoundException(path);

    public IFileWriter Create(string path) => Append(path);

    public IFileWriter Append(string path)
    {
        Step();
        if (!_names.TryGetValue(path, out Inode? inode))
            _names[path] = inode = new Inode();
        return new Writer(this, inode);
    }

    public void Replace(string from, string to)
    {
        Step();
        _names[to] = _names[from];
        _names.Remove(from);
    }

    public void Delete(string path)
    {
        Step();
        _names.Remove(path);
    }

    public void DeleteFolder(string folder)
    {
    }

    public void SyncFolder(string folder)
    {
        Step();
        _syncedNames = new SortedDictionary<string, Inode>(_names, StringComparer.Ordinal);
    }

    public IDisposable? TryLock(string path, string owner) => null;

    public string? LockOwner(string path) => null;

    private void Step()
    {
        if (++_steps >= crashAt)
            throw new CrashException();
    }

    private sealed class Inode
    {
        private byte[] _synced = [];

        public List<byte> Content { get; } = [];

        public void Sync() => _synced = [.. Content];

        public byte[] AfterCrash(Random random)
        {
            if (random.Next(3) == 0)
                return _synced;
            byte[] content = [.. Content];
            int good = content.AsSpan().CommonPrefixLength(_synced);
            byte[] torn = content[..random.Next(good, content.Length + 1)];
            if (random.Next(3) == 0)
                torn.AsSpan(random.Next(good, torn.Length + 1)).Clear();
            return torn;
        }
    }

    private sealed class Writer(CrashingFiles files, Inode inode) : IFileWriter
    {
        public long Length => inode.Content.Count;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            inode.Content.AddRange(bytes);
            files.Step();
        }

        public void Flush() => files.Step();

        public void Sync()
        {
            files.Step();
            inode.Sync();
        }

        public void Truncate(long length)
        {
            inode.Content.RemoveRange((int)length, inode.Content.Count - (int)length);
            files.Step();
        }

        public void Dispose()
        {
        }
    }
}
