namespace LoraEdge;

/// <summary>When training runs, and how much. The result does not depend on it.</summary>
public sealed record ScheduleOptions
{
    /// <summary>Who runs the slices. Default: a background thread of low priority.</summary>
    public ScheduleMode Mode { get; init; }

    /// <summary>
    /// Share by which the 95th percentile of the frames' work may rise over that of frames without training before training
    /// slows down; in effect once the host reports its frames through <see cref="LoraEdgePlugin.Tick(TimeSpan, TimeSpan?)"/>. Default: 0.05.
    /// </summary>
    public double AllowedFrameRise { get; init; } = 0.05;

    /// <summary>The largest share of its time that training works, on the background thread or within ticks. Default: 1.</summary>
    public double MaxDutyCycle { get; init; } = 1;

    /// <summary>The same while the host says that power is scarce (<see cref="PowerState.Saving"/>). Default: 0.2.</summary>
    public double SavingDutyCycle { get; init; } = 0.2;

    /// <summary>The clock. Default: the machine's.</summary>
    public IHostClock Clock { get; init; } = SystemClock.Instance;

    /// <summary>Refuses what cannot work.</summary>
    /// <exception cref="InvalidOptionsException">An option is outside its range.</exception>
    public void Validate()
    {
        Require(Mode is ScheduleMode.Background or ScheduleMode.Cooperative, nameof(Mode), Mode, $"{ScheduleMode.Background} or {ScheduleMode.Cooperative}");
        Require(AllowedFrameRise is > 0 and < 10, nameof(AllowedFrameRise), AllowedFrameRise, "above 0 and below 10");
        Require(MaxDutyCycle is > 0 and <= 1, nameof(MaxDutyCycle), MaxDutyCycle, "above 0 and at most 1");
        Require(SavingDutyCycle is > 0 and <= 1, nameof(SavingDutyCycle), SavingDutyCycle, "above 0 and at most 1");
    }

    private static void Require(bool holds, string option, object value, string range)
    {
        if (!holds)
            throw new InvalidOptionsException($"The schedule option {option} is {value}; it must be {range}.");
    }
}

/// <summary>Who runs the slices of training.</summary>
public enum ScheduleMode
{
    /// <summary>A thread of low priority, which works as much as the host's frames leave room for.</summary>
    Background,

    /// <summary>The host's own thread, within the budget of each <see cref="LoraEdgePlugin.Tick(TimeSpan, TimeSpan?)"/>. Models are still read, and sessions built, on a thread of low priority.</summary>
    Cooperative,
}

/// <summary>What the host knows about battery and heat.</summary>
public enum PowerState
{
    /// <summary>Nothing to spare.</summary>
    Normal,

    /// <summary>On battery, or getting warm: training works at most <see cref="ScheduleOptions.SavingDutyCycle"/> of its time.</summary>
    Saving,

    /// <summary>Battery low, or throttled: training pauses.</summary>
    Critical,
}
