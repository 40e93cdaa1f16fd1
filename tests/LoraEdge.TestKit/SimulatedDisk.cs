namespace LoraEdge.TestKit;

/// <summary>
/// A disk that a test takes the power from. It keeps what programs see apart from what a sync has made safe, file by file and
/// name by name. A scenario is run once to count its operations, and then once for each of them:
/// <code>
/// int count = disk.Operations;                        // after a run without a crash
/// disk.CrashAt(operation);                            // 0 to count - 1, on a new disk
/// try { Scenario(disk); } catch (IOException) { }     // everything from that operation on throws PowerLossException
/// SimulatedDisk found = disk.AfterPowerLoss(writes: Unsynced.Torn, names: Unsynced.Lost, seed: operation);
/// </code>
/// </summary>
public sealed class SimulatedDisk : IFileSystem
{
    private static readonly DateTime s_epoch = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly object _gate = new();
    private readonly SortedDictionary<string, SimulatedFile> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimulatedFile> _syncedNames = new(StringComparer.Ordinal);
    private readonly List<(string Folder, Action<IDictionary<string, SimulatedFile>> Change)> _unsyncedNames = [];
    private readonly SortedSet<string> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _locks = new(StringComparer.Ordinal);
    private int _crash = int.MaxValue;
    private int _changes;

    /// <summary>Operations so far that change something: each is a moment at which the power can go.</summary>
    public int Operations { get; private set; }

    /// <summary>Whether the power has gone.</summary>
    public bool Crashed => Operations >= _crash;

    /// <summary>Takes the power before an operation: it and all later ones, reads too, throw <see cref="PowerLossException"/>.</summary>
    /// <param name="operation">Its number, from 0.</param>
    public void CrashAt(int operation) => _crash = operation;

    /// <summary>The disk as the next start finds it, without locks. This one is left as it is.</summary>
    /// <param name="writes">What becomes of bytes that were not synced.</param>
    /// <param name="names">What becomes of names made, renamed and deleted in folders that were not synced.</param>
    /// <param name="seed">Seed of what is drawn where one of them is <see cref="Unsynced.Torn"/>.</param>
    public SimulatedDisk AfterPowerLoss(Unsynced writes, Unsynced names, int seed = 0)
    {
        lock (_gate)
        {
            var random = new Random(seed);
            var found = new SortedDictionary<string, SimulatedFile>(_syncedNames, StringComparer.Ordinal);
            foreach ((_, Action<IDictionary<string, SimulatedFile>> change) in _unsyncedNames)
            {
                if (names == Unsynced.Kept || (names == Unsynced.Torn && random.Next(2) == 0))
                    change(found);
            }

            var disk = new SimulatedDisk();
            disk._folders.UnionWith(_folders);
            foreach ((string path, SimulatedFile file) in found)
                disk.Put(path, file.AfterPowerLoss(writes, random));
            return disk;
        }
    }

    /// <summary>A copy of the disk as programs see it, everything synced.</summary>
    public SimulatedDisk Copy() => AfterPowerLoss(Unsynced.Kept, Unsynced.Kept);

    /// <summary>Every file by its path.</summary>
    public IReadOnlyDictionary<string, byte[]> Contents() => Reading(() => _names.ToDictionary(file => file.Key, file => file.Value.Content));

    /// <summary>Puts a synced file there, by other means than the program under test: a copier, a user, damage.</summary>
    public void Put(string path, byte[] content)
    {
        lock (_gate)
        {
            string folder = Path.GetDirectoryName(path)!;
            AddFolders(folder);
            SyncNames(folder);
            _names[path] = _syncedNames[path] = new SimulatedFile(content) { Changed = ++_changes };
        }
    }

    /// <inheritdoc />
    public bool FileExists(string path) => Reading(() => _names.ContainsKey(path));

    /// <inheritdoc />
    public IReadOnlyList<string> Files(string folder) => Reading(() => _names.Keys.Where(path => Path.GetDirectoryName(path) == folder).ToArray());

    /// <inheritdoc />
    public IReadOnlyList<FileStamp> Stamps(string folder) => Reading(() => _names.Where(file => Path.GetDirectoryName(file.Key) == folder)
        .Select(file => new FileStamp(file.Key, file.Value.Content.Length, s_epoch.AddTicks(file.Value.Changed))).ToArray());

    /// <inheritdoc />
    public IReadOnlyList<string> Folders(string folder) => Reading(() => _folders.Where(path => Path.GetDirectoryName(path) == folder).ToArray());

    /// <inheritdoc />
    public void CreateFolder(string folder) => Changing(() => AddFolders(folder));

    /// <inheritdoc />
    public Stream OpenRead(string path) => Reading(() => new MemoryStream(Existing(path).Content, writable: false));

    /// <inheritdoc />
    public IFileWriter Create(string path)
    {
        RequireFolder(path);
        return Changing(() =>
        {
            if (_names.ContainsKey(path))
                throw new IOException($"{path} exists already.");
            return MakeFile(path);
        });
    }

    /// <inheritdoc />
    public IFileWriter Append(string path)
    {
        RequireFolder(path);
        return Changing(() => _names.TryGetValue(path, out SimulatedFile? file) ? new Writer(this, file) : MakeFile(path));
    }

    /// <inheritdoc />
    public void Replace(string from, string to) => Changing(() =>
    {
        SimulatedFile file = Existing(from);
        ChangeName(to, names =>
        {
            names.Remove(from);
            names[to] = file;
        });
    });

    /// <inheritdoc />
    public void Delete(string path) => Changing(() => ChangeName(path, names => names.Remove(path)));

    /// <inheritdoc />
    public void DeleteFolder(string folder) => Changing(() =>
    {
        if (!_names.Keys.Concat(_folders).Any(path => Path.GetDirectoryName(path) == folder))
            _folders.Remove(folder);
    });

    /// <inheritdoc />
    public void SyncFolder(string folder) => Changing(() => SyncNames(folder));

    /// <inheritdoc />
    public IDisposable? Watch(string folder, Action changed) => null;

    /// <inheritdoc />
    public IDisposable? TryLock(string path, string owner) => Reading(() => _locks.TryAdd(path, owner) ? new Lock(this, path) : null);

    /// <inheritdoc />
    public string? LockOwner(string path) => Reading(() => _locks.GetValueOrDefault(path));

    private Writer MakeFile(string path)
    {
        var file = new SimulatedFile([]) { Changed = ++_changes };
        ChangeName(path, names => names[path] = file);
        return new Writer(this, file);
    }

    private void ChangeName(string path, Action<IDictionary<string, SimulatedFile>> change)
    {
        change(_names);
        _unsyncedNames.Add((Path.GetDirectoryName(path)!, change));
    }

    private void SyncNames(string folder)
    {
        foreach ((_, Action<IDictionary<string, SimulatedFile>> change) in _unsyncedNames.Where(pending => pending.Folder == folder))
            change(_syncedNames);
        _unsyncedNames.RemoveAll(pending => pending.Folder == folder);
    }

    private SimulatedFile Existing(string path) =>
        _names.TryGetValue(path, out SimulatedFile? file) ? file : throw new FileNotFoundException($"{path} does not exist.", path);

    private void AddFolders(string folder)
    {
        for (string? parent = folder; !string.IsNullOrEmpty(parent); parent = Path.GetDirectoryName(parent))
            _folders.Add(parent);
    }

    private void RequireFolder(string path)
    {
        if (!Reading(() => _folders.Contains(Path.GetDirectoryName(path)!)))
            throw new DirectoryNotFoundException($"The folder of {path} does not exist.");
    }

    private T Reading<T>(Func<T> work)
    {
        lock (_gate)
        {
            if (Crashed)
                throw new PowerLossException(_crash);
            return work();
        }
    }

    private void Changing(Action work) => Changing(() =>
    {
        work();
        return 0;
    });

    private T Changing<T>(Func<T> work) => Reading(() =>
    {
        Operations++;
        return work();
    });

    private sealed class Writer(SimulatedDisk disk, SimulatedFile file) : IFileWriter
    {
        public long Length => file.Content.Length;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            Set([.. file.Content, .. bytes]);
        }

        public void Flush()
        {
        }

        public void Sync() => disk.Changing(() => file.Synced = file.Content);

        public void Truncate(long length) => Set(file.Content[..(int)length]);

        public void Dispose()
        {
        }

        private void Set(byte[] content) => disk.Changing(() =>
        {
            file.Content = content;
            file.Changed = ++disk._changes;
        });
    }

    private sealed class Lock(SimulatedDisk disk, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (disk._gate)
                disk._locks.Remove(path);
        }
    }
}
