namespace LoraEdge;

/// <summary>
/// The side of a log that the host's threads see: a record is encoded straight into the memory of those that wait for the
/// disk. Takes no lock and touches no disk, whatever happens on the other side (<see cref="LogStore"/>).
/// </summary>
internal sealed class RecordIntake
{
    private readonly IHostClock _clock;
    private readonly RecordEncoder _encoder;
    private readonly WaitingRecords _waiting;
    private readonly RecordCounts _counts;
    private volatile bool _isClosed;

    public RecordIntake(IReadOnlyList<string> inputs, InteractionLogOptions options, IHostClock clock, WaitingRecords waiting, RecordCounts counts)
    {
        (_clock, _waiting, _counts) = (clock, waiting, counts);
        _encoder = new RecordEncoder(inputs);
        LargestRecord = (int)Math.Min(waiting.LargestBytes, options.MaxBytes / 4);
    }

    /// <summary>Most bytes of a record.</summary>
    public int LargestRecord { get; }

    /// <summary>Called when much waits: whoever writes is not to wait for the next time.</summary>
    public Action? HalfFull { get; set; }

    /// <summary>Appends a record of one step; allocates nothing.</summary>
    public bool Append(IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight)
    {
        long time = _clock.UtcNow.ToUnixTimeMilliseconds();
        var measure = new SpanWriter();
        _encoder.Write(ref measure, time, inputs, target, weight);
        if (!TryReserve(measure.Length, out long position))
            return false;
        bool complete = false;
        try
        {
            var writer = new SpanWriter(_waiting.Content(position, measure.Length));
            _encoder.Write(ref writer, time, inputs, target, weight);
            complete = writer.Length == measure.Length;
        }
        finally
        {
            Complete(position, measure.Length, complete);
        }

        return complete;
    }

    /// <summary>Appends any record; allocates a copy of it.</summary>
    public bool Append(Interaction record)
    {
        byte[] bytes = Encode(_clock.UtcNow, record);
        if (!TryReserve(bytes.Length, out long position))
            return false;
        bytes.CopyTo(_waiting.Content(position, bytes.Length));
        Complete(position, bytes.Length, complete: true);
        return true;
    }

    /// <summary>All of a record but the number in front.</summary>
    public byte[] Encode(DateTimeOffset time, Interaction record) => _encoder.Encode(time, record);

    /// <summary>Notes that the newest record is to be taken back.</summary>
    public bool UndoLast()
    {
        if (!_counts.TryTakeOne())
            return false;
        if (_isClosed || !_waiting.TryReserve(0, WaitingKind.Undo, out long position))
        {
            _counts.Add(1);
            return false;
        }

        _waiting.Complete(position, 0, WaitingKind.Undo);
        return true;
    }

    /// <summary>Takes nothing more; what comes is lost.</summary>
    public void Close() => _isClosed = true;

    private bool TryReserve(int bytes, out long position)
    {
        position = 0;
        if (!_isClosed && bytes <= LargestRecord && _waiting.TryReserve(bytes, WaitingKind.Record, out position))
            return true;
        _counts.AddLost();
        return false;
    }

    private void Complete(long position, int bytes, bool complete)
    {
        if (complete)
        {
            _counts.Add(1);
            _counts.AddNumber();
        }

        _waiting.Complete(position, bytes, complete ? WaitingKind.Record : WaitingKind.Nothing);
        if (_waiting.IsHalfFull)
            HalfFull?.Invoke();
    }
}
