using LoraEdge.Inference;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>How fast adapters are merged into weights, against copying as much memory.</summary>
internal static class MergeBenchmark
{
    private const double Target = 0.5;

    private static readonly int[] s_threads = [1, 2];

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        TimeSpan duration = TimeSpan.FromSeconds(run.Full ? 30 : 10);
        MergeCase[] cases = [.. ServedModel.All(run).SelectMany(model => s_threads.Select(threads => Measure(model, threads, duration)))];
        foreach (MergeCase one in cases)
            run.Print(one.ToString());
        return new { gigabytesPerSecond = cases.Min(one => one.GigabytesPerSecond), overMemcpy = cases.Min(one => one.OverMemcpy), cases };
    }

    private static MergeCase Measure(ServedModel model, int threads, TimeSpan duration)
    {
        Adapter adapter = new MadeUpAdapters(model.Model).Of(1);
        var merge = new WeightMerge(model.Model, adapter, threads);
        var copy = new MemoryCopy(merge.Sizes, merge.Threads);
        var seconds = new List<double>();
        PairedRatio ratio = PairedRatio.Measure(
            copy.Time,
            () =>
            {
                TimeSpan took = merge.Time();
                seconds.Add(took.TotalSeconds);
                return took;
            },
            duration);
        double median = TrainingStep.StepFigures.Median(seconds);
        return new MergeCase(model.Name, merge.Bytes, merge.Threads, merge.Bytes / median / 1e9, ratio.Median, ratio.Low, ratio.High, ratio.Pairs, Target);
    }
}
