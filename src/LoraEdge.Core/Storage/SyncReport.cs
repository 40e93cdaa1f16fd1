namespace LoraEdge;

/// <summary>What was found, and done, when a profile's files were read.</summary>
public sealed record SyncReport
{
    /// <summary>Whether the effective adapter is another one than before.</summary>
    public bool EffectiveChanged { get; init; }

    /// <summary>Files that were damaged, by the path they have now.</summary>
    public IReadOnlyList<DeviceFile> SetAside { get; init; } = [];

    /// <summary>
    /// Files that are whole and were not known to be left out so far: for another model, projection or rank, of a newer version,
    /// or not to be read. <see cref="DeviceFile.Reason"/> says why.
    /// </summary>
    public IReadOnlyList<DeviceFile> Ignored { get; init; } = [];

    /// <summary>Why this installation took a new device id.</summary>
    public IdentityChange Identity { get; init; }

    /// <summary>Paths of files that were deleted because another device forgot the player. The host erases the player's log then.</summary>
    public IReadOnlyList<string> Forgotten { get; init; } = [];

    /// <summary>Whether there is anything to tell.</summary>
    internal bool IsEmpty => !EffectiveChanged && SetAside.Count == 0 && Ignored.Count == 0 && Identity == IdentityChange.None && Forgotten.Count == 0;

    /// <summary>This, and what was found later.</summary>
    internal SyncReport With(SyncReport later) => later.IsEmpty ? this : new SyncReport
    {
        EffectiveChanged = EffectiveChanged || later.EffectiveChanged,
        SetAside = [.. SetAside, .. later.SetAside],
        Ignored = [.. Ignored, .. later.Ignored],
        Identity = later.Identity == IdentityChange.None ? Identity : later.Identity,
        Forgotten = [.. Forgotten, .. later.Forgotten],
    };
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
