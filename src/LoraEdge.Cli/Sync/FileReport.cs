namespace LoraEdge.Cli.Sync;

/// <summary>A file of a devices folder.</summary>
/// <param name="Name">Its name, which means nothing.</param>
/// <param name="State">What it counts for.</param>
/// <param name="Reason">Why; null where the state says it.</param>
/// <param name="Device">The device that wrote it, 32 hexadecimal digits; null when it names none.</param>
/// <param name="Generation">Which of that device's generations it is.</param>
/// <param name="Written">When.</param>
/// <param name="Records">Records of all devices that it has learned from.</param>
/// <param name="Vector">The same for each device.</param>
/// <param name="Weight">Share in the effective adapter; null when it takes no part.</param>
internal sealed record FileReport(
    string Name, DeviceFileState State, string? Reason, string? Device, long? Generation, DateTimeOffset? Written, long Records,
    IReadOnlyDictionary<string, long> Vector, double? Weight)
{
    public static FileReport Of(DeviceFile file)
    {
        AdapterOrigin origin = file.Origin;
        bool hasOrigin = origin.Device != default;
        return new FileReport(
            file.Name, file.State, file.Reason, hasOrigin ? origin.Device.ToString() : null, hasOrigin ? origin.Generation : null,
            hasOrigin ? origin.Written : null, origin.Vector.Records, Counts(origin.Vector), file.Weight > 0 ? file.Weight : null);
    }

    public static IReadOnlyDictionary<string, long> Counts(VersionVector vector) => vector.Counts.ToDictionary(entry => entry.Key.ToString(), entry => entry.Value);
}
