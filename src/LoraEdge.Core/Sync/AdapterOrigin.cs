namespace LoraEdge;

/// <summary>Where an adapter file comes from: the device that wrote it, which of its generations it is, and what it has learned from.</summary>
public sealed record AdapterOrigin
{
    /// <summary>The device that wrote the file; the default value when the file names none.</summary>
    public DeviceId Device { get; init; }

    /// <summary>Number of the generation: each file that a device writes for a profile has a higher one. 0 when the file tells none.</summary>
    public long Generation { get; init; }

    /// <summary>When it was written, to the millisecond, by that device's calendar; 1970 when the file tells none.</summary>
    public DateTimeOffset Written { get; init; } = DateTimeOffset.FromUnixTimeMilliseconds(0);

    /// <summary>The records it has learned from; empty when the file tells none.</summary>
    public VersionVector Vector { get; init; } = VersionVector.Empty;

    /// <summary>Reads the extensions 1, 3 and 5 of an adapter.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="source">The file's name or another name a user recognises, for messages.</param>
    /// <exception cref="AdapterFormatException">One of them is not what docs/adapter-format.md says.</exception>
    public static AdapterOrigin Of(Adapter adapter, string source) => OriginFields.Read(adapter.Extensions, source);
}
