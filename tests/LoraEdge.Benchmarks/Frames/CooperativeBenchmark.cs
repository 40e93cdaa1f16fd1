using LoraEdge.Onnx;
using LoraEdge.Training;

namespace LoraEdge.Benchmarks.Frames;

/// <summary>Training within the host's ticks: how well a budget of 2 ms is kept over 10,000 ticks, on a small policy network whose slice fits.</summary>
internal static class CooperativeBenchmark
{
    private const int Features = 64;
    private const int Width = 128;
    private const int Classes = 16;
    private const int Records = 1024;
    private const int Ticks = 10_000;
    private const double ToleranceMs = 0.5;
    private static readonly TimeSpan s_budget = TimeSpan.FromMilliseconds(2);

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        string folder = Directory.CreateTempSubdirectory("loraedge-").FullName;
        try
        {
            return Run(run, Path.Combine(folder, "policy.onnx"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static object Run(BenchmarkRun run, string path)
    {
        Policy().Save(path);
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(new LoraEdgeOptions
        {
            ModelPath = path,
            Objective = new Objective { ValueName = "logits" },
            Trainer = new LoraFaTrainer(),
            Training = new TrainingOptions { BatchSize = 16, SliceSize = 8, MaxEpochs = 100_000, Patience = int.MaxValue },
            HeldOutShare = 0,
            Schedule = new ScheduleOptions { Mode = ScheduleMode.Cooperative },
        });
        Profile profile = plugin.OpenProfile("player");
        Record(profile);
        profile.StartTraining();
        while (plugin.Tick(s_budget).Slices == 0)
            Thread.Sleep(10);

        long before = profile.TrainingProgress.Step;
        var overruns = new List<double>();
        int empty = 0;
        for (int tick = 0; tick < Ticks; tick++)
        {
            TickResult result = plugin.Tick(s_budget);
            overruns.Add((result.Used - s_budget).TotalMilliseconds);
            empty += result.Slices == 0 ? 1 : 0;
            Thread.Sleep(1);
        }

        long steps = profile.TrainingProgress.Step - before;
        double shareOver = overruns.Count(overrun => overrun > ToleranceMs) / (double)Ticks;
        run.Print($"{Ticks} ticks of {s_budget.TotalMilliseconds} ms: {steps} steps, {shareOver:P2} over by more than {ToleranceMs} ms, the worst by {overruns.Max():F2} ms, {empty} without a slice");
        return new { shareOver, worstOverrunMs = Math.Max(0, overruns.Max()), stepsDone = steps, ticks = Ticks, ticksWithoutSlice = empty };
    }

    private static OnnxModel Policy()
    {
        var random = new Random(1);
        var builder = new GraphBuilder("policy")
            .Input("x", TensorElementType.Float32, "batch", Features)
            .Initializer("w1", Normal(random, Features * Width, Features), Features, Width)
            .Initializer("w2", Normal(random, Width * Width, Width), Width, Width)
            .Initializer("w3", Normal(random, Width * Classes, Width), Width, Classes);
        builder.Node("MatMul", ["x", "w1"], ["y1"]);
        builder.Node("Relu", ["y1"], ["h1"]);
        builder.Node("MatMul", ["h1", "w2"], ["y2"]);
        builder.Node("Relu", ["y2"], ["h2"]);
        builder.Node("MatMul", ["h2", "w3"], ["logits"]);
        return builder.Output("logits", TensorElementType.Float32, "batch", Classes).Build();
    }

    private static void Record(Profile profile)
    {
        var random = new Random(2);
        for (int i = 0; i < Records; i++)
        {
            float[] x = Normal(random, Features, 1);
            profile.Record(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(x, 1, Features) }, Target.Class(Array.IndexOf(x, x.Take(Classes).Max())));
        }
    }

    private static float[] Normal(Random random, int count, int fanIn)
    {
        double Next() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return [.. Enumerable.Range(0, count).Select(_ => (float)(Next() / Math.Sqrt(fanIn)))];
    }
}
