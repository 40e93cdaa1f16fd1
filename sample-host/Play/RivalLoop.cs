using LoraEdge;

namespace Rival.Play;

/// <summary>The game's loop: sixty frames a second on one thread, each measured. A snapshot goes out when something has happened, else ten times a second.</summary>
/// <param name="session">What a frame does.</param>
/// <param name="publish">Given each snapshot, on the loop's thread; must not wait.</param>
/// <param name="clock">The clock.</param>
internal sealed class RivalLoop(RivalSession session, Action<PlayState> publish, IHostClock clock)
{
    private const int FramesBetweenSnapshots = 6;
    private const int RecentFrames = 120;

    private readonly FrameTimes _on = new();
    private readonly FrameTimes _off = new();
    private readonly Queue<double> _recent = new(RecentFrames);

    /// <summary>How long a frame lasts.</summary>
    public static TimeSpan Frame { get; } = TimeSpan.FromSeconds(1.0 / 60);

    /// <summary>Runs frames until it is cancelled; one that comes late does not make the next one come sooner.</summary>
    public void Run(CancellationToken cancelled)
    {
        TimeSpan work = TimeSpan.Zero, last = clock.Elapsed, next = last;
        for (long number = 0; !cancelled.IsCancellationRequested; number++)
        {
            TimeSpan begun = clock.Elapsed;
            session.Step(work, begun - last);
            last = begun;
            if (session.TakeDirty() || number % FramesBetweenSnapshots == 0)
                publish(session.Snapshot(Frames()));
            work = clock.Elapsed - begun;
            Count(work);
            next = next + Frame > clock.Elapsed ? next + Frame : clock.Elapsed;
            clock.Wait(next - clock.Elapsed, cancelled);
        }
    }

    private void Count(TimeSpan work)
    {
        if (session.IsTraining is { } isTraining)
            (isTraining ? _on : _off).Add(work);
        if (_recent.Count == RecentFrames)
            _recent.Dequeue();
        _recent.Enqueue(Math.Round(work.TotalMilliseconds, 2));
    }

    private FramesState Frames() => new(Of(_on), Of(_off), [.. _recent]);

    private static FrameState Of(FrameTimes times) => new(times.Percentile(0.5), times.Percentile(0.95), times.Percentile(0.99), times.Count);
}
