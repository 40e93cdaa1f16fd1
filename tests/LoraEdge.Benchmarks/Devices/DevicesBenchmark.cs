using LoraEdge.Benchmarks.Personalization;
using Rival.Adaptation;
using Rival.Policy;

namespace LoraEdge.Benchmarks.Devices;

/// <summary>
/// Players who play on two devices: their first games on one, the next as many on the other, adapters synced through a
/// folder. Every adapter is trained because the host asks for it and is measured as it is: no gate decides.
/// </summary>
internal static class DevicesBenchmark
{
    private const int MaxMoves = 4000;

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        PolicyModel model = PolicyModel.Load();
        IReadOnlyList<PlayerLog> logs = PersonalizationBenchmark.Logs(PersonalizationBenchmark.TestFiles(run), MaxMoves, run);
        var figures = new DeviceFigures[logs.Count];
        Parallel.For(0, logs.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            figures[i] = TwoDevices.Play(model, logs[i]);
            run.Print($"{logs[i].Name,-20} {figures[i]}");
        });
        DeviceFigures mean = DeviceFigures.Mean(figures);
        run.Print($"{"mean",-20} {mean}");
        return new
        {
            @base = mean.Base,
            device1 = mean.Device1,
            device2 = mean.Device2,
            merged = mean.Merged,
            single = mean.Single,
            players = logs.Count,
            mergedBetterThanBoth = figures.Count(one => one.Merged < Math.Min(one.Device1, one.Device2)),
            mergedBetterThanBase = figures.Count(one => one.Merged < one.Base),
        };
    }
}
