namespace LoraEdge;

/// <summary>Files in memory, for a host that stores nothing: all is gone with the instance.</summary>
public sealed class MemoryFileSystem : IFileSystem
{
    private readonly object _gate = new();
    private readonly SortedDictionary<string, (byte[] Bytes, DateTime Modified)> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _locks = new(StringComparer.Ordinal);
    private long _changes;

    /// <inheritdoc />
    public bool FileExists(string path) => Locked(() => _files.ContainsKey(path));

    /// <inheritdoc />
    public IReadOnlyList<string> Files(string folder) => Locked(() => _files.Keys.Where(path => Path.GetDirectoryName(path) == folder).ToArray());

    /// <summary>The files in a folder with their sizes, and as time the number of changes up to their last.</summary>
    /// <param name="folder">The folder.</param>
    public IReadOnlyList<FileStamp> Stamps(string folder) => Locked(() =>
        _files.Where(file => Path.GetDirectoryName(file.Key) == folder).Select(file => new FileStamp(file.Key, file.Value.Bytes.Length, file.Value.Modified)).ToArray());

    /// <inheritdoc />
    public IReadOnlyList<string> Folders(string folder) => Locked(() => _files.Keys.Select(path => ChildOf(folder, path)).OfType<string>().Distinct().ToArray());

    /// <summary>Folders are there as long as they hold a file; nothing is to be done.</summary>
    /// <param name="folder">The folder.</param>
    public void CreateFolder(string folder)
    {
    }

    /// <inheritdoc />
    public Stream OpenRead(string path) =>
        Locked(() => _files.TryGetValue(path, out (byte[] Bytes, DateTime Modified) file) ? new MemoryStream(file.Bytes, writable: false) : throw new FileNotFoundException($"{path} does not exist.", path));

    /// <inheritdoc />
    public IFileWriter Create(string path) => Locked(() =>
    {
        if (_files.ContainsKey(path))
            throw new IOException($"{path} exists already.");
        Put(path, []);
        return new MemoryFileWriter(this, path);
    });

    /// <inheritdoc />
    public IFileWriter Append(string path) => Locked(() =>
    {
        if (!_files.ContainsKey(path))
            Put(path, []);
        return new MemoryFileWriter(this, path);
    });

    /// <inheritdoc />
    public void Replace(string from, string to) => Locked(() =>
    {
        if (!_files.TryGetValue(from, out (byte[] Bytes, DateTime Modified) file))
            throw new FileNotFoundException($"{from} does not exist.", from);
        _files.Remove(from);
        return _files[to] = file;
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

    /// <summary>Not to be had: whoever writes here is in this process.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="changed">Never called.</param>
    public IDisposable? Watch(string folder, Action changed) => null;

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

    private byte[] Put(string path, byte[] bytes)
    {
        _files[path] = (bytes, new DateTime(++_changes, DateTimeKind.Utc));
        return bytes;
    }

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
        private readonly MemoryStream _content = Copy(files._files[path].Bytes);

        public long Length => _content.Length;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            byte[] copy = bytes.ToArray();
            _content.Write(copy, 0, copy.Length);
        }

        public void Flush() => files.Locked(() => files.Put(path, _content.ToArray()));

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
