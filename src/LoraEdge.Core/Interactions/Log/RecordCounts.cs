namespace LoraEdge;

/// <summary>How many records a log has, as every thread sees it: one that was appended counts before it is stored.</summary>
internal sealed class RecordCounts
{
    private long _count;
    private long _last;
    private long _lost;

    /// <summary>Records that there are.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Number of the newest record.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>Records that were not kept.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>What there is when the log is opened.</summary>
    public void Begin(long count, long last) => (_count, _last) = (count, last);

    /// <summary>A number was given.</summary>
    public void AddNumber() => Interlocked.Increment(ref _last);

    /// <summary>There are more records, or fewer.</summary>
    public void Add(long change) => Interlocked.Add(ref _count, change);

    /// <summary>A record was not kept.</summary>
    public void AddLost() => Interlocked.Increment(ref _lost);

    /// <summary>One record less.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryTakeOne()
    {
        long count;
        do
        {
            count = Count;
            if (count <= 0)
                return false;
        }
        while (Interlocked.CompareExchange(ref _count, count - 1, count) != count);
        return true;
    }
}
