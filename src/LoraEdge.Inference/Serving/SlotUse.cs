using System.Diagnostics;

namespace LoraEdge.Inference;

/// <summary>How much a slot is used. Counted without a lock.</summary>
internal sealed class SlotUse
{
    /// <summary>After so many uses somebody is told.</summary>
    public const int Often = 32;

    private long _count;
    private long _last;
    private long _since;
    private long _round;

    /// <summary>Time of the last use, in ticks of <see cref="Stopwatch"/>; 0 for never.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>When the last <see cref="Often"/> uses began of which <see cref="Add"/> has told.</summary>
    public long Since => Volatile.Read(ref _since);

    /// <summary>A use begins.</summary>
    /// <returns>Whether <see cref="Often"/> uses have come since that was last so.</returns>
    public bool Add()
    {
        long now = Stopwatch.GetTimestamp();
        Volatile.Write(ref _last, now);
        if (Interlocked.Increment(ref _count) % Often != 0)
            return false;
        Volatile.Write(ref _since, Interlocked.Exchange(ref _round, now));
        return true;
    }
}
