namespace LoraEdge.Inference;

/// <summary>Counts the memory of merged weights against a limit. Safe to use from several threads.</summary>
/// <param name="limit">The limit in bytes.</param>
internal sealed class MergedMemory(long limit)
{
    private readonly object _gate = new();

    /// <summary>Bytes in use.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether there is room for a session when nobody else has one.</summary>
    public bool CouldTake(long bytes) => bytes <= limit;

    /// <summary>Takes memory for a session.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="always">Takes it beyond the limit too.</param>
    /// <returns>False when there is no room.</returns>
    public bool TryTake(long bytes, bool always = false)
    {
        lock (_gate)
        {
            if (!always && Bytes + bytes > limit)
                return false;
            Bytes += bytes;
        }

        ServingMetrics.AddMemory(ServingMode.Merged, bytes, sessions: 1);
        return true;
    }

    /// <summary>Gives it back.</summary>
    public void Give(long bytes)
    {
        lock (_gate)
            Bytes -= bytes;
        ServingMetrics.AddMemory(ServingMode.Merged, -bytes, sessions: -1);
    }
}
