namespace LoraEdge;

/// <summary>Files in memory, for a host that stores nothing: all is gone with the instance.</summary>
public sealed class MemoryFileSystem : IFileSystem
{
    private readonly object _gate = new();
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _locks = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public bool FileExists(string path) => Locked(() => _files.ContainsKey(path));

    /// <inheritdoc />
    public IReadOnlyList<string> Files(string folder) => Locked(() => _files.Keys.Where(path => Path.GetDirectoryName(path) == folder).ToArray());

    /// <inheritdoc />
    public IReadOnlyList<string> Folders(string folder) => Locked(() => _files.Keys.Select(path => ChildOf(folder, path)).OfType<string>().Distinct().ToArray());

    /// <summary>Folders are there as long as they hold a file; nothing is to be done.</summary>
    /// <param name="folder">The folder.</param>
    public void CreateFolder(string folder)
    {
    }

    /// <inheritdoc />
    public Stream OpenRead(string path) =>
        Locked(() => _files.TryGetValue(path, out byte[]? bytes) ? new MemoryStream(bytes, writable: false) : throw new FileNotFoundException($"{path} does not exist.", path));

    /// <inheritdoc />
    public IFileWriter Create(string path) => Locked(() =>
    {
        if (_files.ContainsKey(path))
            throw new IOException($"{path} exists already.");
        _files[path] = [];
        return new MemoryFileWriter(this, path);
    });

    /// <inheritdoc />
    public IFileWriter Append(string path) => Locked(() =>
    {
        if (!_files.ContainsKey(path))
            _files[path] = [];
        return new MemoryFileWriter(this, path);
    });

    /// <inheritdoc />
    public void Replace(string from, string to) => Locked(() =>
    {
        if (!_files.TryGetValue(from, out byte[]? bytes))
            throw new FileNotFoundException($"{from} does not exist.", from);
        _files.Remove(from);
        return _files[to] = bytes;
    });

    /// <inheritdoc />
    public void Delete(string path) => Locked(() => _files.Remove(path));

    /// <inheritdoc cref="CreateFolder" />
    public void DeleteFolder(string folder)
    {
    }

    /// <inheritdoc cref="CreateFolder" />
    public void SyncFolder(string folder)
    {
    }

    /// <inheritdoc />
    public IDisposable? TryLock(string path, string owner) => Locked(() =>
    {
        if (_locks.ContainsKey(path))
            return null;
        _locks[path] = owner;
        return new MemoryLock(this, path);
    });

    /// <inheritdoc />
    public string? LockOwner(string path) => Locked(() => _locks.TryGetValue(path, out string? owner) ? owner : null);

    private static string? ChildOf(string folder, string path)
    {
        for (string? parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (Path.GetDirectoryName(parent) == folder)
                return parent;
        }

        return null;
    }

    private T Locked<T>(Func<T> work)
    {
        lock (_gate)
            return work();
    }

    private sealed class MemoryFileWriter(MemoryFileSystem files, string path) : IFileWriter
    {
        private readonly MemoryStream _content = Copy(files._files[path]);

        public long Length => _content.Length;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            byte[] copy = bytes.ToArray();
            _content.Write(copy, 0, copy.Length);
        }

        public void Flush() => files.Locked(() => files._files[path] = _content.ToArray());

        public void Sync() => Flush();

        public void Truncate(long length) => _content.SetLength(length);

        public void Dispose() => Flush();

        private static MemoryStream Copy(byte[] bytes)
        {
            var copy = new MemoryStream();
            copy.Write(bytes, 0, bytes.Length);
            return copy;
        }
    }

    private sealed class MemoryLock(MemoryFileSystem files, string path) : IDisposable
    {
        public void Dispose() => files.Locked(() => files._locks.Remove(path));
    }
}
