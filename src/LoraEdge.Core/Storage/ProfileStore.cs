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
    private readonly FolderReview _review;

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
        _review = new FolderReview(storage, _paths, _folders, _own, _watch);
        Local = new LocalFiles(storage, _paths, _folders);
        _review.Refresh();
        Opening = _review.TakeUntold();
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
    public DevicesReport Devices => _review.Latest;

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
    public StoredGeneration? Own => History.LastOrDefault(generation => Refuse(generation.Adapter) is null);

    /// <summary>Path of the adapter file that this device writes.</summary>
    public string OwnPath => _paths.Adapter(_storage.Device);

    /// <summary>Folder for the profile's log, which never leaves the device.</summary>
    public string LogPath => Local.Path("log");

    /// <summary>The profile's files that are no adapters and are not synced.</summary>
    internal LocalFiles Local { get; }

    /// <summary>Why an adapter is not one of <see cref="StorageSettings.Wanted"/>; null when it is.</summary>
    internal string? Refuse(Adapter adapter) => _storage.Settings.Wanted.Refuse(adapter);

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
            _review.Refresh();
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
            _review.Refresh();
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
            _review.Refresh();
            VersionVector vector = Devices.Files.Concat(_history.Read()).Aggregate(Forgotten, (merged, file) => merged.MergeWithinLimit(file.Origin.Vector));

            // The deletion counts as a record, so that what had seen all the others and not the deletion does not include it.
            vector = vector.With(_storage.Device, _own.Records(Devices) + 1);
            AdapterOrigin origin = _own.Next(Devices, vector);
            _own.Publish(TombstoneFile.Write(origin), origin, _paths.Tombstone(_storage.Device));
            List<string> removed = _folders.DeleteAll();
            _review.Refresh(isOwnChange: true);
            return new ForgottenProfile(removed, vector);
        }
    }

    /// <summary>Adapters in the devices folder and the history that are not <see cref="StorageSettings.Wanted"/>: for another model, projection or rank.</summary>
    public IReadOnlyList<string> Obsolete
    {
        get
        {
            lock (_gate)
                return [.. Devices.Files.Concat(_history.Read()).Where(IsObsolete).Select(file => file.Path)];
        }
    }

    /// <summary>Deletes what is <see cref="Obsolete"/>. Other devices to which it is not store theirs again.</summary>
    /// <returns>Paths of the files that were deleted.</returns>
    /// <exception cref="StoreReadOnlyException">Another process writes to the folder.</exception>
    /// <exception cref="IOException">A file cannot be deleted.</exception>
    public IReadOnlyList<string> DeleteObsolete()
    {
        lock (_gate)
        {
            _storage.RequireWritable();
            List<string> removed = _folders.Delete(Obsolete);
            _review.Refresh(isOwnChange: true);
            return removed;
        }
    }

    /// <summary>Reads the files again when the devices folder has changed; call it now and then.</summary>
    /// <returns>What was found, by other members since the last call as well; null when there is nothing new.</returns>
    /// <exception cref="IOException">A file cannot be moved or deleted.</exception>
    public SyncReport? Poll()
    {
        lock (_gate)
        {
            if (_watch.HasChanged())
                _review.Refresh();
            SyncReport report = _review.TakeUntold();
            return report.IsEmpty ? null : report;
        }
    }

    /// <summary>Ends the watch on the devices folder.</summary>
    public void Dispose() => _watch.Dispose();

    private StoredGeneration Publish(Adapter adapter, VersionVector from, long ownRecords)
    {
        if (!from.Includes(Forgotten))
            throw new ProfileForgottenException($"The player '{Name}' was forgotten after this adapter began to learn, so it is not stored. Learn anew from the frozen model, starting from {nameof(ProfileStore)}.{nameof(Forgotten)}.");
        AdapterOrigin origin = _own.Next(Devices, from.With(_storage.Device, ownRecords));
        byte[] bytes = AdapterFile.Write(adapter.With(OriginFields.Write(origin)), _storage.Settings.Precision);
        DeviceFile stored = DevicesFolder.Decode(bytes, _paths.Adapter(_storage.Device));
        _own.Publish(bytes, origin, stored.Path);
        _history.Trim();
        _review.Refresh(isOwnChange: true);
        return new StoredGeneration(stored.Adapter!, stored.Origin, bytes.LongLength);
    }

    private Adapter FrozenModel()
    {
        Adapter like = Own?.Adapter ?? Effective?.Adapter
            ?? throw new InvalidOperationException($"The profile '{Name}' has no generation to roll back.");
        return like.WithoutChange();
    }

    private bool IsObsolete(DeviceFile file) => file.Adapter is { } adapter && Refuse(adapter) is not null;

    private long Size(DeviceFile file) => _storage.Settings.Files.Stamps(_paths.History).FirstOrDefault(stamp => stamp.Path == file.Path).Length;
}
