using LoraEdge.Background;

namespace LoraEdge.Events;

/// <summary>
/// How far a profile's training is. The host is told at most once a tick, and reads the latest figures then; the training thread
/// takes no lock to leave them.
/// </summary>
/// <param name="events">The way to the host.</param>
/// <param name="clock">The time.</param>
/// <param name="raise">Tells the host, on its thread.</param>
internal sealed class ProgressNews(HostEvents events, IHostClock clock, Action raise)
{
    private readonly TrainingPace _pace = new();
    private int _isWaiting;

    // Boxed, so that another thread reads figures of one slice.
    private object _latest = default(TrainingProgress);

    /// <summary>The latest figures; from any thread.</summary>
    public TrainingProgress Latest => (TrainingProgress)Volatile.Read(ref _latest);

    /// <summary>Training begins: nothing was done yet.</summary>
    public void Clear() => Volatile.Write(ref _latest, default(TrainingProgress));

    /// <summary>Training has come further.</summary>
    public void Tell(TrainingProgress progress)
    {
        Volatile.Write(ref _latest, progress with { Remaining = _pace.Remaining(progress, clock.Elapsed) });
        if (Interlocked.Exchange(ref _isWaiting, 1) == 0)
            events.Add(Raise);
    }

    private void Raise()
    {
        Volatile.Write(ref _isWaiting, 0);
        raise();
    }
}
