namespace LoraEdge;

/// <summary>How adapters are stored.</summary>
public sealed record StorageSettings
{
    /// <summary>Where files lie. Default: the machine's file system.</summary>
    public IFileSystem Files { get; init; } = DiskFileSystem.Instance;

    /// <summary>The time. Default: the machine's clocks.</summary>
    public IHostClock Clock { get; init; } = SystemClock.Instance;

    /// <summary>How B is stored. Default: half precision.</summary>
    public AdapterPrecision Precision { get; init; } = AdapterPrecision.Float16;

    /// <summary>Encrypts adapters. All devices of a player need the same. Default: null, they are not encrypted.</summary>
    public EncryptionKey? Key { get; init; }

    /// <summary>How many generations a profile's history keeps, the newest included, 1 or more. Default: 8. More cost a file of a few kilobytes each.</summary>
    public int Generations { get; init; } = 8;

    /// <summary>How often a devices folder is listed where no watcher tells of a change. Default: 5 seconds.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Which adapters of a profile are combined. Default: those with the most records.</summary>
    public WantedAdapter Wanted { get; init; } = new();
}
