namespace LoraEdge;

/// <summary>
/// The generations that this installation writes: what it remembers of the newest one, whether someone else writes under its
/// id, and the steps in which one is stored.
/// </summary>
internal sealed class OwnGenerations(AdapterStorage storage, ProfilePaths paths, GenerationHistory history)
{
    private DeviceState _state = DeviceState.Read(storage.Settings.Files, paths.State, storage.Device);

    private IFileSystem Files => storage.Settings.Files;

    /// <summary>Takes a new id when a file shows that this one is not this installation's alone.</summary>
    public IdentityChange CheckIdentity(DevicesReport found)
    {
        if (_state.Device != storage.Device)
            _state = DeviceState.New(storage.Device);
        DeviceId device = storage.Device;
        DeviceFile[] own = [.. found.Files.Where(file => file.Origin.Device == device && file.Digest.Length > 0)];
        IdentityChange change = IdentityChange.None;
        if (own.Any(file => file.Origin.Generation > _state.Generation) || found.Files.Any(file => file.Origin.Vector[device] > _state.Records))
            change = IdentityChange.RestoredBackup;
        else if (own.Any(IsOfAClone))
            change = IdentityChange.Clone;
        if (change == IdentityChange.None)
            return change;
        if (change == IdentityChange.Clone && NewestInHistory() is { } newest && found.Files.All(file => file.Digest != newest.Digest))
            storage.Adapters.Write(paths.OfClone(newest), storage.Adapters.Read(newest.Path));
        storage.TakeNewId();
        _state = DeviceState.New(storage.Device);
        return change;
    }

    private bool IsOfAClone(DeviceFile file) => file.Origin.Generation == _state.Generation
        ? file.Digest != _state.Digest
        : history.Read().Any(stored => stored.Origin.Device == file.Origin.Device && stored.Origin.Generation == file.Origin.Generation && stored.Digest != file.Digest);

    /// <summary>
    /// Writes this device's newest generation again when the devices folder has an older one or none: after a crash between the
    /// steps of storing it, or when a copier took it away.
    /// </summary>
    public bool Restore(DevicesReport found)
    {
        if (found.Files.Any(file => file.Origin.Device == _state.Device && file.Origin.Generation >= _state.Generation)
            || NewestInHistory() is not { } newest)
            return false;
        string path = newest.Adapter is null ? paths.Tombstone(_state.Device) : paths.Adapter(_state.Device);
        storage.Adapters.Write(path, storage.Adapters.Read(newest.Path));
        return true;
    }

    private DeviceFile? NewestInHistory() => history.Read().FirstOrDefault(file => file.Origin.Device == _state.Device && file.Digest == _state.Digest);

    /// <summary>
    /// The order matters. A generation in the history alone does not count. Once the state names it, it counts, and opening the
    /// profile completes what a crash kept from being done.
    /// </summary>
    public void Publish(byte[] bytes, AdapterOrigin origin, string path)
    {
        history.Write(origin.Generation, bytes);
        var state = new DeviceState(origin.Device, origin.Generation, Math.Max(_state.Records, origin.Vector[origin.Device]), DevicesFolder.Digest(bytes));
        state.Write(Files, paths.State);
        _state = state;
        storage.Adapters.Write(path, bytes);
    }

    /// <summary>The origin of the next generation.</summary>
    public AdapterOrigin Next(DevicesReport found, VersionVector vector) => new()
    {
        Device = storage.Device,
        Generation = 1 + found.Files.Where(file => file.Origin.Device == storage.Device).Concat(history.Read())
            .Aggregate(_state.Generation, (newest, file) => Math.Max(newest, file.Origin.Generation)),
        Written = storage.Settings.Clock.UtcNow,
        Vector = vector,
    };

    /// <summary>
    /// This device's records so far, as stored generations tell; where there is none, as the state does, which may name one that
    /// was never stored.
    /// </summary>
    public long Records(DevicesReport found)
    {
        IEnumerable<DeviceFile> counted = history.Read().Where(file => file.Origin.Device != _state.Device || file.Origin.Generation <= _state.Generation);
        long stored = found.Files.Concat(counted).Select(file => file.Origin.Vector[storage.Device]).DefaultIfEmpty(0).Max();
        return stored > 0 ? stored : _state.Records;
    }
}
