namespace LoraEdge.Benchmarks.Frames;

/// <summary>How long the work of frames took.</summary>
/// <param name="Frames">Number of frames.</param>
/// <param name="P50">Median in milliseconds.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Max">Longest.</param>
/// <param name="Missed">Frames whose work took longer than a frame of 60 Hz lasts.</param>
internal sealed record FrameTimes(int Frames, double P50, double P95, double P99, double Max, int Missed)
{
    /// <summary>Sums up frames, at least one.</summary>
    public static FrameTimes Of(IReadOnlyCollection<TimeSpan> work)
    {
        double[] sorted = [.. work.Select(frame => frame.TotalMilliseconds).Order()];
        double At(double quantile) => sorted[(int)(quantile * (sorted.Length - 1))];
        return new FrameTimes(sorted.Length, At(0.5), At(0.95), At(0.99), sorted[^1], sorted.Count(frame => frame > FrameLoop.Frame.TotalMilliseconds));
    }
}
