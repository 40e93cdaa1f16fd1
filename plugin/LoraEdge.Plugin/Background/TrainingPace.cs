namespace LoraEdge.Background;

/// <summary>How long the training in progress still takes, by the pace that it has had so far.</summary>
internal sealed class TrainingPace
{
    private long _firstStep = -1;
    private long _lastStep;
    private TimeSpan _first;

    /// <summary>Time to the last planned step; null when nothing can be said yet. A training that stops early takes less.</summary>
    /// <param name="progress">Where training is; one that is behind the last begins anew.</param>
    /// <param name="now">The present time.</param>
    public TimeSpan? Remaining(TrainingProgress progress, TimeSpan now)
    {
        if (progress.Step < _lastStep || _firstStep < 0)
            (_firstStep, _first) = (progress.Step, now);
        _lastStep = progress.Step;
        long done = progress.Step - _firstStep;
        return done <= 0 ? null : TimeSpan.FromTicks((now - _first).Ticks / done * (progress.PlannedSteps - progress.Step));
    }
}
