namespace LoraEdge.TestKit;

/// <summary>A clock that stands still until a test advances it; waiting on it advances it at once.</summary>
public sealed class FakeClock : IHostClock
{
    private readonly object _gate = new();
    private TimeSpan _elapsed;

    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
                return _elapsed;
        }
    }

    public DateTimeOffset UtcNow => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + Elapsed;

    public void Advance(TimeSpan duration)
    {
        lock (_gate)
            _elapsed += duration;
    }

    public void Wait(TimeSpan duration, CancellationToken cancelled)
    {
        if (duration > TimeSpan.Zero)
            Advance(duration);
    }
}
