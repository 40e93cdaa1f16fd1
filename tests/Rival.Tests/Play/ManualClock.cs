using LoraEdge;

namespace Rival.Tests.Play;

/// <summary>A clock that the test moves.</summary>
internal sealed class ManualClock : IHostClock
{
    public TimeSpan Elapsed { get; private set; } = TimeSpan.FromHours(1);

    public DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch + Elapsed;

    public void Advance(TimeSpan time) => Elapsed += time;

    public void Wait(TimeSpan duration, CancellationToken cancelled) => Advance(duration);
}
