namespace LoraEdge;

/// <summary>
/// One profile's adapters: this device's own file, its history, and the files of other devices beside it. Its members may be
/// called from any thread; they read and write files, so not from one that must not wait for a disk.
/// </summary>
/// <example><code>
/// using AdapterStorage storage = AdapterStorage.Open(folder);
/// using ProfileStore store = storage.OpenProfile("ada");
/// EffectiveAdapter? start = store.Effective;                          // what all devices have learned
/// Adapter trained = Train(start?.Adapter, log);
/// store.Save(trained, start?.Vector ?? store.Forgotten, log.Count);   // includes what it grew from
/// if (store.Poll() is { EffectiveChanged: true }) Serve(store.Effective);
/// </code></example>
public sealed class ProfileStore : IDisposable
{
    private readonly object _gate = new();
    private readonly AdapterStorage _storage;
    private readonly ProfilePaths _paths;
    private readonly GenerationHistory _history;
    private readonly FolderWatch _watch;
    private readonly ProfileFolders _folders;
    private readonly OwnGenerations _own;
    private DevicesReport _report = new([], VersionVector.Empty);

    internal ProfileStore(AdapterStorage storage, string name)
    {
        _storage = storage;
        Name = name;
        _paths = new ProfilePaths(storage.Root, name);
        _history = new GenerationHistory(storage.Adapters, _paths, storage.Settings.Generations);
        _folders = new ProfileFolders(storage, _paths, _history);
        if (!storage.IsReadOnly)
            _folders.Prepare();
        _own = new OwnGenerations(storage, _paths, _history);
        _watch = new FolderWatch(storage.Settings.Files, _paths.Devices, storage.Settings.Clock, storage.Settings.PollInterval);
        Opening = Refresh();
    }

    /// <summary>The profile's name.</summary>
    public string Name { get; }

    /// <summary>The folder that a copier may carry between devices.</summary>
    public string DevicesPath => _paths.Devices;

    /// <summary>What was found and done when the profile was opened.</summary>
    public SyncReport Opening { get; }

    /// <summary>Whether another process writes to the storage folder; see <see cref="AdapterStorage.Owner"/>.</summary>
    public bool IsReadOnly => _storage.IsReadOnly;

    /// <summary>The files of all devices, as they were read last.</summary>
    public DevicesReport Devices => Volatile.Read(ref _report);

    /// <summary>The weighted average of what all devices have learned; null when there is nothing.</summary>
    public EffectiveAdapter? Effective => Devices.Effective;

    /// <summary>The vector to start from when learning from the frozen model: empty, or that of the tombstones.</summary>
    public VersionVector Forgotten => Devices.Forgotten;

    /// <summary>The generations that this installation stored, oldest first, at most <see cref="StorageSettings.Generations"/>.</summary>
    public IReadOnlyList<StoredGeneration> History
    {
        get
        {
            lock (_gate)
                return [.. _history.Read().Where(file => file.Adapter is not null).Select(file => new StoredGeneration(file.Adapter!, file.Origin, Size(file)))];
        }
    }

    /// <summary>This device's newest generation that fits <see cref="StorageSettings.Wanted"/>; null when there is none.</summary>
    public StoredGeneration? Own => History.LastOrDefault(generation => _storage.Settings.Wanted.Refuse(generation.Adapter) is null);

    /// <summary>Path of the adapter file that this device writes.</summary>
    public string OwnPath => _paths.Adapter(_storage.Device);

    /// <summary>Folder for the profile's log, which never leaves the device.</summary>
    public string LogPath => LocalPath("log");

    /// <summary>
    /// Stores an adapter as this device's next generation. When this returns, a loss of power leaves it; when it throws, the
    /// generation before it is still there.
    /// </summary>
    /// <param name="adapter">The adapter. Its extensions are replaced.</param>
    /// <param name="from">What the adapter that it grew from had learned from: its vector, or <see cref="Forgotten"/>.</param>
    /// <param name="newRecords">How many of this device's records it has learned from that no stored generation has, 0 or more.</param>
    /// <returns>The generation, as a reader sees it.</returns>
    /// <exception cref="AdapterFormatException">The adapter breaks a rule of the format, or the vector has too many devices.</exception>
    /// <exception cref="ProfileForgottenException">The player was forgotten after training began.</exception>
    /// <exception cref="StoreReadOnlyException">Another process writes to the folder.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public StoredGeneration Save(Adapter adapter, VersionVector from, long newRecords)
    {
        if (newRecords < 0)
            throw new ArgumentOutOfRangeException(nameof(newRecords), newRecords, "A generation cannot take records back; 0 or more.");
        lock (_gate)
        {
            _storage.RequireWritable();
            Refresh();
            return Publish(adapter, from, _own.Records(Devices) + newRecords);
        }
    }

    /// <summary>
    /// Stores an earlier adapter again as this device's next generation, which stands for all records of this device so far:
    /// copies of the generations between do not come back.
    /// </summary>
    /// <param name="generation">One of <see cref="History"/>; null for none, which is stored as B of zeros.</param>
    /// <exception cref="InvalidOperationException">None, and nothing was ever stored.</exception>
    /// <exception cref="ProfileForgottenException">The player was forgotten since.</exception>
    /// <exception cref="StoreReadOnlyException">Another process writes to the folder.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public StoredGeneration RollBack(StoredGeneration? generation)
    {
        lock (_gate)
        {
            _storage.RequireWritable();
            Refresh();
            return generation is null
                ? Publish(FrozenModel(), Forgotten, _own.Records(Devices))
                : Publish(generation.Adapter, generation.Origin.Vector, _own.Records(Devices));
        }
    }

    /// <summary>
    /// Removes the player's adapters, of all devices and generations, and leaves a tombstone, so that old copies do not bring
    /// them back. The log is the host's to erase.
    /// </summary>
    /// <exception cref="StoreReadOnlyException">Another process writes to the folder.</exception>
    /// <exception cref="IOException">The tombstone cannot be written, or a file not be deleted: call it again.</exception>
    public ForgottenProfile Forget()
    {
        lock (_gate)
        {
            _storage.RequireWritable();
            Refresh();
            VersionVector vector = Devices.Files.Concat(_history.Read()).Aggregate(Forgotten, (merged, file) => merged.MergeWithinLimit(file.Origin.Vector));

            // The deletion counts as a record, so that what had seen all the others and not the deletion does not include it.
            vector = vector.With(_storage.Device, _own.Records(Devices) + 1);
            AdapterOrigin origin = _own.Next(Devices, vector);
            _own.Publish(TombstoneFile.Write(origin), origin, _paths.Tombstone(_storage.Device));
            List<string> removed = _folders.DeleteAll();
            Refresh();
            return new ForgottenProfile(removed, vector);
        }
    }

    /// <summary>Adapters in the devices folder and the history that are for another model than <see cref="WantedAdapter.Model"/>.</summary>
    public IReadOnlyList<string> Obsolete
    {
        get
        {
            lock (_gate)
                return [.. Devices.Files.Concat(_history.Read()).Where(IsObsolete).Select(file => file.Path)];
        }
    }

    /// <summary>Deletes what is <see cref="Obsolete"/>. Other devices that still have the old model store theirs again.</summary>
    /// <returns>Paths of the files that were deleted.</returns>
    /// <exception cref="StoreReadOnlyException">Another process writes to the folder.</exception>
    /// <exception cref="IOException">A file cannot be deleted.</exception>
    public IReadOnlyList<string> DeleteObsolete()
    {
        lock (_gate)
        {
            _storage.RequireWritable();
            List<string> removed = _folders.Delete(Obsolete);
            Refresh();
            return removed;
        }
    }

    /// <summary>Reads the files again when the devices folder has changed; call it now and then.</summary>
    /// <returns>What was found; null when there is nothing new.</returns>
    /// <exception cref="IOException">A file cannot be moved or deleted.</exception>
    public SyncReport? Poll()
    {
        lock (_gate)
        {
            if (!_watch.HasChanged())
                return null;
            SyncReport report = Refresh();
            return report.IsEmpty ? null : report;
        }
    }

    /// <summary>Reads a file of the profile's that is no adapter and is not synced; null when there is none.</summary>
    internal byte[]? ReadLocal(string name) => _storage.Settings.Files.FileExists(LocalPath(name)) ? _storage.Adapters.Read(LocalPath(name), name) : null;

    /// <summary>Writes such a file, whole or not at all.</summary>
    /// <exception cref="StoreReadOnlyException">Another process writes to the folder.</exception>
    internal void WriteLocal(string name, byte[] bytes)
    {
        _storage.RequireWritable();
        _storage.Adapters.Write(LocalPath(name), bytes, name);
    }

    /// <summary>Deletes such a file.</summary>
    internal void DeleteLocal(string name) => _storage.Settings.Files.Delete(LocalPath(name));

    /// <summary>Moves such a file, which is damaged, out of the way.</summary>
    /// <returns>Its new path.</returns>
    internal string SetLocalAside(string name) => _folders.SetAside(LocalPath(name));

    /// <summary>Path of such a file.</summary>
    internal string LocalPath(string name) => Path.Combine(_paths.Folder, name);

    /// <summary>Ends the watch on the devices folder.</summary>
    public void Dispose() => _watch.Dispose();

    /// <summary>Reads the files, does what they ask for where this process writes, and judges them.</summary>
    private SyncReport Refresh()
    {
        _watch.See();
        string? before = EffectiveDigest();
        DevicesReport found = Judge();
        var report = new SyncReport();
        if (!IsReadOnly)
        {
            report = report with { SetAside = _folders.SetAside(found), Identity = _own.CheckIdentity(found) };
            if (_own.Restore(found) || !report.IsEmpty)
                found = Judge();
            report = report with { Forgotten = _folders.DeleteForgotten(found) };
            if (report.Forgotten.Count > 0)
                found = Judge();
        }

        Volatile.Write(ref _report, found);
        return report with { EffectiveChanged = EffectiveDigest() != before };
    }

    private DevicesReport Judge() => HeadSelection.Judge(DevicesFolder.Read(_storage.Adapters, _paths.Devices), _storage.Settings.Wanted);

    private string? EffectiveDigest() => Effective is { } effective ? DevicesFolder.Digest(effective.Bytes.ToArray()) : null;

    private StoredGeneration Publish(Adapter adapter, VersionVector from, long ownRecords)
    {
        if (!from.Includes(Forgotten))
            throw new ProfileForgottenException($"The player '{Name}' was forgotten after this adapter began to learn, so it is not stored. Learn anew from the frozen model, starting from {nameof(ProfileStore)}.{nameof(Forgotten)}.");
        AdapterOrigin origin = _own.Next(Devices, from.With(_storage.Device, ownRecords));
        byte[] bytes = AdapterFile.Write(adapter.With(OriginFields.Write(origin)), _storage.Settings.Precision);
        DeviceFile stored = DevicesFolder.Decode(bytes, _paths.Adapter(_storage.Device));
        _own.Publish(bytes, origin, stored.Path);
        _history.Trim();
        Refresh();
        return new StoredGeneration(stored.Adapter!, stored.Origin, bytes.LongLength);
    }

    private Adapter FrozenModel()
    {
        Adapter like = _history.Read().LastOrDefault(file => file.Adapter is not null)?.Adapter ?? Effective?.Adapter
            ?? throw new InvalidOperationException($"The profile '{Name}' has no generation to roll back.");
        return like.WithoutChange();
    }

    private bool IsObsolete(DeviceFile file) => _storage.Settings.Wanted.Model is { } model && file.Adapter is { } adapter && adapter.Model != model;

    private long Size(DeviceFile file) => _storage.Settings.Files.Stamps(_paths.History).FirstOrDefault(stamp => stamp.Path == file.Path).Length;
}
