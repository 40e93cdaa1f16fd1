namespace LoraEdge.Background;

/// <summary>
/// Where the training thread leaves slices for the host's thread to run within its ticks. The host's thread takes no lock: the
/// training thread, of low priority, could be preempted while it holds it.
/// </summary>
/// <remarks>
/// On a machine that is busy for a while every slice takes long, and what was measured then would keep them from running for
/// good. So when none has fitted for some seconds, the training thread runs one by itself: that costs the host nothing, training
/// goes on, and if the slice was fast enough, the host's turn comes again.
/// </remarks>
internal sealed class HostSlices(IHostClock clock, Action<TimeSpan> sliceRun)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly SliceEstimate _estimate = new();
    private SliceOffer? _offer;
    private TimeSpan _budget;
    private TimeSpan? _refusedSince;
    private TimeSpan _restsUntil;

    /// <summary>Leaves slices to the host and waits until it has run them, or the job is cancelled.</summary>
    /// <returns>False when the host has had no room for them: the next one is the training thread's.</returns>
    public bool RunAll(JobRun run)
    {
        using var offer = new SliceOffer(run);
        Volatile.Write(ref _offer, offer);
        try
        {
            offer.Wait();
        }
        finally
        {
            Volatile.Write(ref _offer, null);
        }

        return !run.HasSlice;
    }

    /// <summary>Takes in how long a slice took that the training thread has run itself: the last before it leaves them to the host.</summary>
    public void Learn(TimeSpan duration) => _estimate.Guess(duration);

    /// <summary>Takes in how long a slice took for which the host has had no room.</summary>
    public void LearnAgain(TimeSpan duration)
    {
        if (duration <= _budget)
            _estimate.BeginAnew(duration);
    }

    /// <summary>Runs the slices that fit. Called by the host's thread.</summary>
    /// <param name="budget">Time there is.</param>
    /// <param name="share">Share of its time that training may work, above 0: with less than 1 it rests after it has worked.</param>
    public TickResult Run(TimeSpan budget, double share)
    {
        TimeSpan start = clock.Elapsed, used = TimeSpan.Zero;
        int slices = 0;
        if (start < _restsUntil)
            return new TickResult(0, used, TimeSpan.Zero);
        while (Volatile.Read(ref _offer) is { } offer)
        {
            if (used + _estimate.Next > budget)
            {
                if (slices == 0)
                    Refuse(offer, budget, start);
                break;
            }

            if (!offer.TryRun())
                break;
            TimeSpan now = clock.Elapsed - start;
            _estimate.Add(now - used);
            sliceRun(now - used);
            (used, slices) = (now, slices + 1);
            _refusedSince = null;
        }

        _restsUntil = start + TimeSpan.FromTicks((long)(used.Ticks / share));
        return new TickResult(slices, used, _estimate.Next);
    }

    private void Refuse(SliceOffer offer, TimeSpan budget, TimeSpan now)
    {
        if (budget <= TimeSpan.Zero)
            return;
        _estimate.Refused();
        _budget = budget;
        _refusedSince ??= now;
        if (now - _refusedSince < s_patience)
            return;
        _refusedSince = null;
        offer.Decline();
    }
}
