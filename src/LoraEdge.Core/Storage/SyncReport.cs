namespace LoraEdge;

/// <summary>What was found, and done, when a profile's files were read.</summary>
public sealed record SyncReport
{
    /// <summary>Whether the effective adapter is another one than before.</summary>
    public bool EffectiveChanged { get; init; }

    /// <summary>Files that were damaged, by the path they have now.</summary>
    public IReadOnlyList<DeviceFile> SetAside { get; init; } = [];

    /// <summary>Why this installation took a new device id.</summary>
    public IdentityChange Identity { get; init; }

    /// <summary>Paths of files that were deleted because another device forgot the player. The host erases the player's log then.</summary>
    public IReadOnlyList<string> Forgotten { get; init; } = [];

    /// <summary>Whether there is anything to tell.</summary>
    internal bool IsEmpty => !EffectiveChanged && SetAside.Count == 0 && Identity == IdentityChange.None && Forgotten.Count == 0;
}

/// <summary>Why an installation took a new device id.</summary>
public enum IdentityChange
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>Another installation has the same id: a file has its id and a generation of its own with other content.</summary>
    Clone,

    /// <summary>A file with its id is newer than what it remembers: the memory is from a backup, or from before a copy was made.</summary>
    RestoredBackup,
}
