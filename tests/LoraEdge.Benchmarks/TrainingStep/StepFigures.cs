namespace LoraEdge.Benchmarks.TrainingStep;

/// <summary>What one process measured, or the medians of several.</summary>
/// <param name="ForwardMilliseconds">Median time of a forward pass: for methods the loss without gradients, otherwise the whole output.</param>
/// <param name="StepMilliseconds">Median time of forward, backward and update; 0 where there is no training.</param>
/// <param name="PeakMegabytes">Largest resident size (VmHWM) less the resident size after the model was loaded and had run once; 10^6 bytes.</param>
internal sealed record StepFigures(double ForwardMilliseconds, double StepMilliseconds, double PeakMegabytes)
{
    /// <summary>The median of each figure.</summary>
    public static StepFigures Median(IReadOnlyList<StepFigures> runs) =>
        new(Median(runs.Select(run => run.ForwardMilliseconds)), Median(runs.Select(run => run.StepMilliseconds)), Median(runs.Select(run => run.PeakMegabytes)));

    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
