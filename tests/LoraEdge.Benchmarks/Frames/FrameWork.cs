using System.Diagnostics;

namespace LoraEdge.Benchmarks.Frames;

/// <summary>What a frame of the simulated game does: a fixed amount of arithmetic over memory, calibrated once to a duration.</summary>
internal sealed class FrameWork
{
    private const int Elements = 1 << 15;
    private const int CalibrationRuns = 200;

    private readonly double[] _values = new double[Elements];
    private readonly int _passes;

    /// <param name="duration">How long the work takes, undisturbed.</param>
    public FrameWork(TimeSpan duration)
    {
        _passes = 1;
        var times = new double[CalibrationRuns];
        for (int i = 0; i < CalibrationRuns; i++)
            times[i] = Run().TotalSeconds;
        Array.Sort(times);
        _passes = Math.Max(1, (int)Math.Round(duration.TotalSeconds / times[CalibrationRuns / 2]));
    }

    /// <summary>Does the work of one frame.</summary>
    /// <returns>How long it took.</returns>
    public TimeSpan Run()
    {
        long start = Stopwatch.GetTimestamp();
        for (int pass = 0; pass < _passes; pass++)
        {
            for (int i = 0; i < _values.Length; i++)
                _values[i] = (_values[i] * 0.999) + (1.0 / (i + 1 + pass));
        }

        return Stopwatch.GetElapsedTime(start);
    }
}
