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

    /// <summary>What <c>--full</c> has chosen with players who are not in the test.</summary>
    private const double ChosenRate = 2e-3;

    private static readonly double[] s_rates = [1e-3, 2e-3, 4e-3];

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        PolicyModel model = PolicyModel.Load();
        double learningRate = run.Full ? ChooseRate(run, model) : ChosenRate;
        DeviceFigures[] figures = Play(run, model, PersonalizationBenchmark.TestFiles(run), learningRate);
        DeviceFigures mean = DeviceFigures.Mean(figures);
        run.Print($"{"mean",-20} {mean}");
        return new
        {
            @base = mean.Base,
            device1 = mean.Device1,
            device2 = mean.Device2,
            merged = mean.Merged,
            single = mean.Single,
            learningRate,
            players = figures.Length,
            mergedBetterThanBoth = figures.Count(one => one.Merged < Math.Min(one.Device1, one.Device2)),
            mergedBetterThanBase = figures.Count(one => one.Merged < one.Base),
        };
    }

    /// <summary>The rate at which what two devices have learned together is best, for players who are not in the test.</summary>
    private static double ChooseRate(BenchmarkRun run, PolicyModel model)
    {
        string[] files = PersonalizationBenchmark.TuningFiles(run);
        var means = new List<(double Rate, DeviceFigures Figures)>();
        foreach (double rate in s_rates)
        {
            means.Add((rate, DeviceFigures.Mean(Play(run, model, files, rate))));
            run.Progress($"tuning: {files.Length} players at {rate}: {means[^1].Figures}");
        }

        return means.MinBy(one => one.Figures.Merged).Rate;
    }

    private static DeviceFigures[] Play(BenchmarkRun run, PolicyModel model, string[] files, double learningRate)
    {
        IReadOnlyList<PlayerLog> logs = PersonalizationBenchmark.Logs(files, MaxMoves, run);
        var figures = new DeviceFigures[logs.Count];
        Parallel.For(0, logs.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            figures[i] = new TwoDevices(model, logs[i], learningRate).Play();
            run.Progress($"{logs[i].Name,-20} {figures[i]}");
        });
        return figures;
    }
}
