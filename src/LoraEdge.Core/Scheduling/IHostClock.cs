namespace LoraEdge;

/// <summary>Time as LoraEdge sees it. Tests hand in one that they advance.</summary>
public interface IHostClock
{
    /// <summary>Time since some fixed moment, which never goes back.</summary>
    TimeSpan Elapsed { get; }

    /// <summary>The calendar's time, which the user can set; for what is written into files.</summary>
    DateTimeOffset UtcNow { get; }

    /// <summary>Waits on the calling thread.</summary>
    /// <param name="duration">How long; nothing when 0 or less.</param>
    /// <param name="cancelled">Ends the wait early, without an exception.</param>
    void Wait(TimeSpan duration, CancellationToken cancelled);
}
