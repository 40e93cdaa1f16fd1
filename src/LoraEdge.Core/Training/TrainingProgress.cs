namespace LoraEdge;

/// <summary>How far a training session is.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="PlannedSteps">Steps when training does not stop early.</param>
/// <param name="Loss">Mean training loss since the last evaluation; NaN before the first step.</param>
/// <param name="HeldOutLoss">Latest mean loss on the held-out records; NaN when there are none.</param>
/// <param name="BestHeldOutLoss">Lowest mean held-out loss so far, that of what training started from included; NaN when there are none.</param>
/// <param name="Clamped">How often the change of a layer was scaled back to <see cref="TrainingOptions.TrustRegion"/>; one that keeps growing says that the learning rate is too high.</param>
public readonly record struct TrainingProgress(long Step, long PlannedSteps, double Loss, double HeldOutLoss, double BestHeldOutLoss, long Clamped)
{
    /// <summary>Records that are trained on.</summary>
    public long Records { get; init; }

    /// <summary>Time to the last planned step at the present pace, as the plugin sees it; null when nothing can be said yet.</summary>
    public TimeSpan? Remaining { get; init; }
}
