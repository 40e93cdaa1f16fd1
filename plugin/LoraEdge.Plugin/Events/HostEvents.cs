namespace LoraEdge.Events;

/// <summary>
/// Carries news from the training thread to the host's. The host takes all of it with one exchange and never waits: it shares no
/// lock with the training thread, which could be preempted while it holds one, and does not spin for an entry that is half
/// written, as it would with a concurrent queue.
/// </summary>
internal sealed class HostEvents
{
    private readonly Queue<Action> _taken = new();
    private Entry? _newest;

    /// <summary>Something has happened that the host is to be told; from any thread.</summary>
    /// <param name="raise">Tells it; called on the host's thread.</param>
    public void Add(Action raise)
    {
        var entry = new Entry(raise);
        do
            entry.Next = Volatile.Read(ref _newest);
        while (Interlocked.CompareExchange(ref _newest, entry, entry.Next) != entry.Next);
    }

    /// <summary>Raises what has come up before the call, on the calling thread. What an exception leaves over is raised by the next call.</summary>
    public void Raise()
    {
        for (Entry? entry = Oldest(Interlocked.Exchange(ref _newest, null)); entry is not null; entry = entry.Next)
            _taken.Enqueue(entry.Raise);
        for (int waiting = _taken.Count; waiting > 0 && _taken.Count > 0; waiting--)
            _taken.Dequeue()();
    }

    /// <summary>Turns the list round: the newest entry is the first to be found.</summary>
    private static Entry? Oldest(Entry? newest)
    {
        Entry? first = null;
        while (newest is not null)
            (newest.Next, first, newest) = (first, newest, newest.Next);
        return first;
    }

    private sealed class Entry(Action raise)
    {
        public Action Raise { get; } = raise;

        public Entry? Next { get; set; }
    }
}
