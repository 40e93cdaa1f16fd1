namespace LoraEdge.Training.Records;

/// <summary>
/// Draws batches of records of equal shapes, each record once per epoch, in an order that depends on the seed alone. Sequences
/// of one batch differ in length by less than a factor of two: the shorter ones are run on for as long as the longest.
/// </summary>
internal sealed class RecordSampler
{
    private readonly List<List<Interaction>> _groups;
    private readonly int _batchSize;
    private readonly Queue<List<Interaction>> _epoch = new();
    private SplitMix _random;

    /// <summary>Prepares the draw.</summary>
    public RecordSampler(IReadOnlyList<Interaction> records, int batchSize, ulong seed)
    {
        _groups = [.. records.GroupBy(KeyOf, StringComparer.Ordinal).Select(group => group.ToList())];
        _batchSize = batchSize;
        _random = new SplitMix(seed);
        BatchesPerEpoch = _groups.Sum(group => (group.Count + batchSize - 1) / batchSize);
    }

    /// <summary>Batches until every record was drawn once.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>The next batch.</summary>
    public IReadOnlyList<Interaction> Next()
    {
        if (_epoch.Count == 0)
            Refill();
        return _epoch.Dequeue();
    }

    /// <summary>All records once, in batches, in their own order.</summary>
    public static IEnumerable<IReadOnlyList<Interaction>> InOrder(IReadOnlyList<Interaction> records, int batchSize) =>
        PositionsInOrder(records, batchSize).Select(positions => positions.ConvertAll(position => records[position]));

    /// <summary>The same as positions in the list.</summary>
    public static IEnumerable<List<int>> PositionsInOrder(IReadOnlyList<Interaction> records, int batchSize) =>
        Enumerable.Range(0, records.Count).GroupBy(position => KeyOf(records[position]), StringComparer.Ordinal).SelectMany(group => Cut([.. group], batchSize));

    private static string KeyOf(Interaction record)
    {
        int most = 1;
        while (most < record.Steps.Count)
            most *= 2;
        return most == 1 ? RecordShape.Of(record) : $"{RecordShape.Of(record)}, up to {most} steps";
    }

    private static IEnumerable<List<T>> Cut<T>(List<T> group, int batchSize)
    {
        for (int start = 0; start < group.Count; start += batchSize)
            yield return group.GetRange(start, Math.Min(batchSize, group.Count - start));
    }

    private void Refill()
    {
        var batches = new List<List<Interaction>>();
        foreach (List<Interaction> group in _groups)
        {
            _random.Shuffle(group);
            batches.AddRange(Cut(group, _batchSize));
        }

        _random.Shuffle(batches);
        foreach (List<Interaction> batch in batches)
            _epoch.Enqueue(batch);
    }
}
