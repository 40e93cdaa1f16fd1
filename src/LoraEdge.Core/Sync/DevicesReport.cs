namespace LoraEdge;

/// <summary>What lies in a devices folder, and what it amounts to.</summary>
public sealed class DevicesReport
{
    internal const string Forgot = "the player was forgotten";

    internal DevicesReport(IReadOnlyList<DeviceFile> files, VersionVector forgotten)
    {
        Files = files;
        Forgotten = forgotten;
        Heads = [.. files.Where(file => file.IsHead)];
        Effective = Heads.Count == 0 ? null : HeadAverage.Of(Heads);
    }

    /// <summary>Every adapter file, in ascending order of device and generation.</summary>
    public IReadOnlyList<DeviceFile> Files { get; }

    /// <summary>The files that take part in the effective adapter.</summary>
    public IReadOnlyList<DeviceFile> Heads { get; }

    /// <summary>Their weighted average; null when there are none.</summary>
    public EffectiveAdapter? Effective { get; }

    /// <summary>
    /// The records that were forgotten, of all tombstones; empty when there are none. What is learned anew, from the frozen
    /// model, starts from this vector.
    /// </summary>
    public VersionVector Forgotten { get; }
}
