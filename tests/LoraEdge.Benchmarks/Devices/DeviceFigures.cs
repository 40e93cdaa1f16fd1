namespace LoraEdge.Benchmarks.Devices;

/// <summary>Nats per move of a player's later games.</summary>
/// <param name="Base">By the frozen model.</param>
/// <param name="Device1">By the adapter of the device with the first games.</param>
/// <param name="Device2">By that of the device with the next ones.</param>
/// <param name="Merged">By what a device makes of both.</param>
/// <param name="Single">By the adapter of one device with all games.</param>
internal sealed record DeviceFigures(double Base, double Device1, double Device2, double Merged, double Single)
{
    /// <summary>The mean over players, each counting alike.</summary>
    public static DeviceFigures Mean(IReadOnlyList<DeviceFigures> players) => new(
        players.Average(one => one.Base),
        players.Average(one => one.Device1),
        players.Average(one => one.Device2),
        players.Average(one => one.Merged),
        players.Average(one => one.Single));

    /// <inheritdoc />
    public override string ToString() => $"base {Base:F4}  device 1 {Device1:F4}  device 2 {Device2:F4}  merged {Merged:F4}  single {Single:F4}";
}
