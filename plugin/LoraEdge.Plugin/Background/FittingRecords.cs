namespace LoraEdge.Background;

/// <summary>
/// The records of one training, without those that it finds not to fit: they would make every training of the profile fail,
/// for as long as they are in its log.
/// </summary>
internal sealed class FittingRecords(LoggedRequest logged)
{
    /// <summary>Where one record after the other turns out not to fit, it is the objective that does not.</summary>
    private const int MostAttempts = 8;

    private readonly HashSet<Interaction> _dropped = [];
    private int _attempts = 1;

    /// <summary>What is left to train on.</summary>
    public TrainingRequest Request { get; private set; } = logged.Request;

    /// <summary>What was dropped.</summary>
    public IReadOnlyCollection<Interaction> Dropped => _dropped;

    /// <summary>What is wrong with the first that was dropped; null when none was.</summary>
    public string? Reason { get; private set; }

    /// <summary>Number of the newest record.</summary>
    public long Last => logged.Records[logged.Records.Count - 1].Sequence;

    /// <summary>How many of the records are newer than one.</summary>
    public int CountAfter(long sequence) => logged.Records.Count(record => record.Sequence > sequence);

    /// <summary>Drops the records that an error names.</summary>
    /// <returns>Whether it is worth another attempt; otherwise the error stands.</returns>
    public bool Drop(InvalidInputException error)
    {
        int before = _dropped.Count;
        _dropped.UnionWith(error.Records);
        Reason ??= error.Message;
        Request = Request with { Records = Without(Request.Records), HeldOut = Without(Request.HeldOut) };
        return _dropped.Count > before && Request.Records.Count > 0 && ++_attempts <= MostAttempts;
    }

    /// <summary>The numbers of what was dropped.</summary>
    public IEnumerable<long> DroppedNumbers => logged.Records.Where(record => _dropped.Contains(record.Interaction)).Select(record => record.Sequence);

    private Interaction[] Without(IReadOnlyList<Interaction> records) => [.. records.Where(record => !_dropped.Contains(record))];
}
