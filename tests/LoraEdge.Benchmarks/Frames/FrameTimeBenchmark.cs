using System.Diagnostics;

namespace LoraEdge.Benchmarks.Frames;

/// <summary>
/// What training in the background costs the frames of a host: a loop of 60 Hz with a fixed amount of work in each frame, with
/// and without training in turn, within one run. The work's duration is the figure.
/// </summary>
internal static class FrameTimeBenchmark
{
    private static readonly TimeSpan s_work = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan s_block = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_unthrottled = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(20);

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        using var training = new ChessTraining(run, new ScheduleOptions());
        var work = new FrameWork(s_work);
        double unthrottled = Unthrottled(training);
        run.Progress($"without a host: {unthrottled:F1} steps a second");
        Block(training, work, s_settling, trains: true);
        List<TimeSpan> with = [], without = [], control = [];
        long steps = 0;
        TimeSpan trained = TimeSpan.Zero;
        for (int round = 0; round < (run.Full ? 8 : 3); round++)
        {
            without.AddRange(Block(training, work, s_block, trains: false));
            (long before, var watch) = (training.Steps, Stopwatch.StartNew());
            with.AddRange(Block(training, work, s_block, trains: true));
            (steps, trained) = (steps + training.Steps - before, trained + watch.Elapsed);
            control.AddRange(Control(training, work));
            run.Progress($"round {round + 1}: {steps / trained.TotalSeconds:F1} steps a second, duty cycle {training.Plugin.DutyCycle:F2}");
        }

        FrameTimes trainedFrames = FrameTimes.Of(with), untrainedFrames = FrameTimes.Of(without);
        FrameTimes? controlFrames = control.Count > 0 ? FrameTimes.Of(control) : null;
        Print(run, "without training", untrainedFrames);
        Print(run, "with training", trainedFrames);
        if (controlFrames is not null)
            Print(run, "beside a counter", controlFrames);
        double rate = steps / trained.TotalSeconds;
        return new
        {
            p99Ratio = trainedFrames.P99 / untrainedFrames.P99,
            missedFrames = trainedFrames.Missed,
            stepsPerSecond = rate,
            shareOfUnthrottled = rate / unthrottled,
            controlP99Ratio = controlFrames?.P99 / untrainedFrames.P99,
            trained = trainedFrames,
            untrained = untrainedFrames,
            control = controlFrames,
            unthrottledStepsPerSecond = unthrottled,
        };
    }

    /// <summary>Steps a second when there is no host beside training.</summary>
    private static double Unthrottled(ChessTraining training)
    {
        (long before, var watch) = (training.Steps, Stopwatch.StartNew());
        Thread.Sleep(s_unthrottled);
        return (training.Steps - before) / watch.Elapsed.TotalSeconds;
    }

    private static List<TimeSpan> Control(ChessTraining training, FrameWork work)
    {
        using IdleLoad? load = IdleLoad.Start();
        return load is null ? [] : Block(training, work, s_block, trains: false);
    }

    private static List<TimeSpan> Block(ChessTraining training, FrameWork work, TimeSpan duration, bool trains)
    {
        var frames = new List<TimeSpan>();
        training.Plugin.IsTrainingPaused = !trains;
        FrameLoop.Run(duration, () =>
        {
            TimeSpan took = work.Run();
            frames.Add(took);
            training.Plugin.Tick(frameWork: took);
        });
        return frames;
    }

    private static void Print(BenchmarkRun run, string name, FrameTimes frames) =>
        run.Print($"{name,-17} {frames.Frames} frames, work p50 {frames.P50:F2} ms, p95 {frames.P95:F2}, p99 {frames.P99:F2}, max {frames.Max:F2}, {frames.Missed} missed");
}
