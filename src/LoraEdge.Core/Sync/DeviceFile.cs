namespace LoraEdge;

/// <summary>A file of a devices folder, and what it counts for beside the others.</summary>
public sealed record DeviceFile
{
    /// <summary>Path of the file. Its name means nothing.</summary>
    public required string Path { get; init; }

    /// <summary>Name of the file, for messages.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>SHA-256 of the content, 64 hexadecimal digits; empty when the file could not be read.</summary>
    public string Digest { get; init; } = "";

    /// <summary>Where it comes from.</summary>
    public AdapterOrigin Origin { get; init; } = new();

    /// <summary>The adapter; null for a tombstone and for a file that could not be read.</summary>
    public Adapter? Adapter { get; init; }

    /// <summary>How the adapter's numbers are stored.</summary>
    public AdapterPrecision Precision { get; init; } = AdapterPrecision.Float16;

    /// <summary>What the file counts for.</summary>
    public DeviceFileState State { get; init; }

    /// <summary>Why, where <see cref="State"/> does not say it; otherwise null.</summary>
    public string? Reason { get; init; }

    /// <summary>Share in the effective adapter, 0 to 1.</summary>
    public double Weight { get; init; }

    /// <summary>Whether the file takes part in the effective adapter.</summary>
    internal bool IsHead => State is DeviceFileState.Head or DeviceFileState.Clone;
}
