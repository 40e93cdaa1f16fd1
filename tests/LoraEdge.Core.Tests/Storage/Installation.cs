using LoraEdge.Tests.Sync;

namespace LoraEdge.Tests.Storage;

/// <summary>One installation on a simulated disk, with its storage open.</summary>
internal sealed class Installation : IDisposable
{
    public const string Root = "/store";

    public Installation(SimulatedDisk? disk = null, StorageSettings? settings = null)
    {
        Disk = disk ?? new SimulatedDisk();
        Settings = (settings ?? new StorageSettings()) with { Files = Disk, Clock = Clock };
        Storage = AdapterStorage.Open(Root, Settings);
        Store = Storage.OpenProfile("ada");
    }

    public FakeClock Clock { get; } = new();

    public SimulatedDisk Disk { get; }

    public StorageSettings Settings { get; }

    public AdapterStorage Storage { get; }

    public ProfileStore Store { get; }

    public string OwnPath => Path.Combine(Store.DevicesPath, Storage.Device + ".lora");

    /// <summary>Trains from what there is, on ten more records.</summary>
    public StoredGeneration Learn(int seed, long records = 10) => Store.Save(Devices.Adapter(seed), Store.Effective?.Vector ?? Store.Forgotten, records);

    /// <summary>Lets the poll's interval pass, and polls.</summary>
    public SyncReport? Poll()
    {
        Clock.Advance(Settings.PollInterval);
        return Store.Poll();
    }

    /// <summary>A copier brings all files of another installation.</summary>
    public void CopyFrom(Installation other)
    {
        foreach (string path in other.Disk.Files(other.Store.DevicesPath))
            Disk.Put(path, other.Disk.Contents()[path]);
    }

    /// <summary>Every file below the storage folder, relative to it.</summary>
    public string[] Files() => [.. Disk.Contents().Keys.Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        Store.Dispose();
        Storage.Dispose();
    }
}
