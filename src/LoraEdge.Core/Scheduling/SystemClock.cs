using System.Diagnostics;

namespace LoraEdge;

/// <summary>The machine's clocks.</summary>
public sealed class SystemClock : IHostClock
{
    private SystemClock()
    {
    }

    /// <summary>The one instance.</summary>
    public static SystemClock Instance { get; } = new();

    /// <inheritdoc />
    public TimeSpan Elapsed => TimeSpan.FromSeconds(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);

    /// <inheritdoc />
    public DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

    /// <inheritdoc />
    public void Wait(TimeSpan duration, CancellationToken cancelled)
    {
        if (duration > TimeSpan.Zero)
            cancelled.WaitHandle.WaitOne(duration);
    }
}
