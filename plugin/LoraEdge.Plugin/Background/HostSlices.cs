namespace LoraEdge.Background;

/// <summary>
/// Where the training thread leaves slices for the host's thread to run within its ticks. The host's thread takes no lock: the
/// training thread, of low priority, could be preempted while it holds it.
/// </summary>
internal sealed class HostSlices(IHostClock clock, Action<TimeSpan> onSlice)
{
    private readonly SliceEstimate _estimate = new();
    private SliceOffer? _offer;

    /// <summary>Leaves slices to the host and waits until it has run them, or the job is cancelled.</summary>
    public void RunAll(JobRun run)
    {
        using var offer = new SliceOffer(run);
        Volatile.Write(ref _offer, offer);
        offer.Wait();
        Volatile.Write(ref _offer, null);
    }

    /// <summary>Takes in how long a slice took that the training thread has run itself.</summary>
    public void Learn(TimeSpan duration) => _estimate.Add(duration);

    /// <summary>Runs the slices that fit. Called by the host's thread.</summary>
    /// <param name="budget">Time there is.</param>
    public TickResult Run(TimeSpan budget)
    {
        TimeSpan start = clock.Elapsed, used = TimeSpan.Zero;
        int slices = 0;
        while (Volatile.Read(ref _offer) is { } offer)
        {
            if (used + _estimate.Next > budget)
            {
                if (slices == 0)
                    _estimate.Refused();
                break;
            }

            if (!offer.TryRun())
                break;
            TimeSpan now = clock.Elapsed - start;
            _estimate.Add(now - used);
            onSlice(now - used);
            (used, slices) = (now, slices + 1);
        }

        return new TickResult(slices, used, _estimate.Next);
    }
}
