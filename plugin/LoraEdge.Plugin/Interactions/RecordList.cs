namespace LoraEdge.Interactions;

/// <summary>A player's interactions in the order in which they happened, in memory.</summary>
internal sealed class RecordList
{
    private readonly List<Interaction> _records = [];

    public int Count
    {
        get
        {
            lock (_records)
                return _records.Count;
        }
    }

    public void Append(Interaction record)
    {
        lock (_records)
            _records.Add(record);
    }

    /// <summary>Takes out certain records, told by identity.</summary>
    public void Remove(HashSet<Interaction> records)
    {
        lock (_records)
            _records.RemoveAll(records.Contains);
    }

    /// <summary>What has been recorded so far, oldest first.</summary>
    public Interaction[] Snapshot()
    {
        lock (_records)
            return _records.ToArray();
    }
}
