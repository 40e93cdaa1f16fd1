namespace LoraEdge.Inference;

/// <summary>
/// Places in tables that runs read while others change them. A place that was given up is given out again only after every run
/// that may still read it has ended. Not safe to use from several threads by itself.
/// </summary>
internal sealed class SlotPool
{
    private readonly List<long> _running = [];
    private readonly Queue<(int Slot, long At)> _retired = [];
    private long _clock;
    private int _next = 1;

    /// <summary>A run begins.</summary>
    /// <returns>What to leave with.</returns>
    public long Enter()
    {
        _running.Add(++_clock);
        return _clock;
    }

    /// <summary>A run has ended.</summary>
    public void Leave(long ticket) => _running.Remove(ticket);

    /// <summary>A place that nobody reads; 0, the base's, is never among them.</summary>
    public int Take()
    {
        // Runs are in the order in which they began.
        if (_retired.Count > 0 && (_running.Count == 0 || _retired.Peek().At < _running[0]))
            return _retired.Dequeue().Slot;
        return _next++;
    }

    /// <summary>Gives a place up that no run which begins from now on reads.</summary>
    public void Retire(int slot) => _retired.Enqueue((slot, ++_clock));
}
