namespace LoraEdge.Background;

/// <summary>Decides when the training thread runs its next slice: pauses, the power state, and the host's frames.</summary>
internal sealed class TrainingSchedule(ScheduleOptions options)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestRest = TimeSpan.FromMilliseconds(500);

    private readonly DutyCycle _duty = new(options.AllowedFrameRise);
    private volatile bool _isPaused;
    private volatile PowerState _power;

    /// <summary>Whether the host has paused training.</summary>
    public bool IsPaused
    {
        get => _isPaused;
        set => _isPaused = value;
    }

    /// <summary>What the host has said about power.</summary>
    public PowerState Power
    {
        get => _power;
        set => _power = value;
    }

    /// <summary>Share of its time that training may work at present, 0 to 1.</summary>
    public double Share => _isPaused || _power == PowerState.Critical ? 0
        : Math.Min(_duty.Share(options.Clock.Elapsed), _power == PowerState.Saving ? options.SavingDutyCycle : options.MaxDutyCycle);

    /// <summary>Whether there are frames to give way to.</summary>
    public bool HasFrames => _duty.HasFrames;

    /// <summary>Takes in one frame of the host; on the host's thread.</summary>
    public void AddFrame(TimeSpan work) => _duty.AddFrame(work, options.Clock.Elapsed);

    /// <summary>Waits until training may go on, or the job is cancelled. A long pause gives memory back.</summary>
    public void WaitForTurn(BackgroundJob job)
    {
        TimeSpan since = options.Clock.Elapsed;
        bool isReleased = false;
        while (Share <= 0 && !job.Cancelled.IsCancellationRequested)
        {
            _duty.IsWorking = false;
            options.Clock.Wait(s_look, job.Cancelled);
            if (isReleased || options.Clock.Elapsed - since < s_longPause)
                continue;
            job.ReleaseCaches();
            isReleased = true;
        }

        _duty.IsWorking = true;
    }

    /// <summary>Waits as long as a slice of this duration calls for.</summary>
    public void Rest(BackgroundJob job, TimeSpan slice)
    {
        double share = Share;
        if (share is <= 0 or >= 1)
            return;
        var rest = TimeSpan.FromTicks((long)(slice.Ticks * (1 / share - 1)));
        TimeSpan end = options.Clock.Elapsed + rest;
        for (TimeSpan left = rest; left > TimeSpan.Zero && !job.Cancelled.IsCancellationRequested && Share < 1; left = end - options.Clock.Elapsed)
            options.Clock.Wait(left < s_longestRest ? left : s_longestRest, job.Cancelled);
    }

    /// <summary>The training thread has nothing to do.</summary>
    public void Idle() => _duty.IsWorking = false;
}
