namespace LoraEdge;

/// <summary>
/// The side of a log that sees the disk: stores what waits, and does everything else that changes or reads files. One lock
/// holds for all of it, and whoever takes it stores what waits first, so that everybody sees all that was appended before.
/// </summary>
internal sealed class LogStore
{
    private readonly object _gate = new();
    private readonly InteractionLogOptions _options;
    private readonly IHostClock _clock;
    private readonly WaitingRecords _waiting;
    private readonly RecordCounts _counts;
    private readonly LogReports _reports;
    private readonly LogFolder _folder;
    private TimeSpan _flushed;
    private long _lostReported;

    /// <summary>Opens the folder.</summary>
    public LogStore(IFileSystem files, string folder, InteractionLogOptions options, IHostClock clock, WaitingRecords waiting, RecordCounts counts, LogReports reports)
    {
        (_options, _clock, _waiting, _counts, _reports) = (options, clock, waiting, counts, reports);
        _folder = new LogFolder(files, folder, options, clock, reports.Add);
        _folder.Enforce();
        counts.Begin(_folder.Records, _folder.LastNumber);
        _flushed = clock.Elapsed;
    }

    /// <summary>Bytes that the log takes on disk.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _folder.Bytes;
        }
    }

    /// <summary>What the writer does again and again: stores what waits, and flushes when it is time to.</summary>
    public void Turn()
    {
        lock (_gate)
        {
            try
            {
                Store();
                Counted(_folder.Enforce);
                if (_clock.Elapsed - _flushed >= _options.FlushInterval)
                {
                    _folder.Flush();
                    _flushed = _clock.Elapsed;
                }

                _reports.Recovered();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or LoraEdgeException)
            {
                ReportFailure(e);
            }
        }
    }

    /// <summary>Returns when all that waited outlives the process, or a loss of power.</summary>
    public void Flush(bool toDisk)
    {
        lock (_gate)
        {
            Store();
            if (toDisk)
                _folder.Sync();
            else
                _folder.Flush();
        }
    }

    /// <summary>The records, those of the sample first. Each segment is read as a whole, so that none changes while it is read.</summary>
    /// <param name="after">Only records with higher numbers.</param>
    public IEnumerable<(LoggedInteraction Record, ReadOnlyMemory<byte> Content)> Entries(long after)
    {
        (IReadOnlyList<byte[]> sample, long[] segments, long through) = Snapshot();
        foreach (byte[] content in sample)
        {
            LoggedInteraction record = RecordDecoder.Decode(content, "the sample");
            if (record.Sequence > after)
                yield return (record, content);
        }

        foreach (long number in segments)
        {
            for (LogFileReader? reader = ReaderOf(number); reader is not null && reader.MoveNext();)
            {
                if (reader.Record is { } record && record.Sequence > after && record.Sequence <= through)
                    yield return (record, reader.Content);
            }
        }
    }

    /// <summary>Removes records.</summary>
    public long Remove(HashSet<long> numbers)
    {
        lock (_gate)
        {
            Store();
            long removed = 0;
            if (numbers.Count > 0)
                Counted(() => removed = _folder.Remove(numbers));
            return removed;
        }
    }

    /// <summary>Appends records that were made elsewhere, and returns when they are on the disk.</summary>
    public void Append(IReadOnlyList<(DateTimeOffset Time, byte[] Record)> records)
    {
        lock (_gate)
        {
            Store();
            foreach ((DateTimeOffset time, byte[] record) in records)
            {
                Counted(() => _folder.Append(record, time));
                _counts.AddNumber();
            }

            _folder.Sync();
            Counted(_folder.Enforce);
        }
    }

    /// <summary>Removes everything, what waits as well.</summary>
    public LogErasure Erase()
    {
        lock (_gate)
        {
            int appended = 0, undone = 0;
            for (; _waiting.TryPeek(out WaitingKind kind, out _); _waiting.Release())
            {
                appended += kind == WaitingKind.Record ? 1 : 0;
                undone += kind == WaitingKind.Undo ? 1 : 0;
            }

            _folder.Skip(appended);
            _counts.Add(undone - appended);
            LogErasure? erased = null;
            Counted(() => erased = _folder.Erase());
            return erased! with { Records = erased!.Records + appended - undone };
        }
    }

    /// <summary>Stores what waits, syncs and closes.</summary>
    public void Close()
    {
        lock (_gate)
        {
            try
            {
                Store();
                _folder.CloseActive();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or LoraEdgeException)
            {
                _folder.Abandon();
                ReportFailure(e);
            }
        }
    }

    private void Store()
    {
        bool undone = false;
        for (; _waiting.TryPeek(out WaitingKind kind, out ReadOnlySpan<byte> content); _waiting.Release())
        {
            undone |= kind == WaitingKind.Undo;
            if (kind == WaitingKind.Record)
                StoreRecord(content);
            else if (kind == WaitingKind.Undo)
                Undo();
        }

        if (undone)
            _folder.Flush();
        ReportLost();
    }

    // The record was counted when it was appended; what went to make room for it was not.
    private void StoreRecord(ReadOnlySpan<byte> content)
    {
        long before = _folder.Records;
        int counted = 0;
        try
        {
            _folder.Append(content, _clock.UtcNow);
            counted = 1;
        }
        finally
        {
            _counts.Add(_folder.Records - before - counted);
        }
    }

    // Counted when it was asked for, though there may have been nothing any more.
    private void Undo()
    {
        long before = _folder.Records;
        _folder.RemoveNewest();
        _counts.Add(_folder.Records - before + 1);
    }

    private void Counted(Action change)
    {
        long before = _folder.Records;
        try
        {
            change();
        }
        finally
        {
            _counts.Add(_folder.Records - before);
        }
    }

    private (IReadOnlyList<byte[]> Sample, long[] Segments, long Through) Snapshot()
    {
        lock (_gate)
        {
            Store();
            _folder.Flush();
            return (_folder.SampleContents(), _folder.SegmentNumbers, _folder.LastNumber);
        }
    }

    private LogFileReader? ReaderOf(long number)
    {
        lock (_gate)
            return _folder.ReaderOf(number);
    }

    private void ReportLost()
    {
        long lost = _counts.Lost - _lostReported;
        if (lost == 0)
            return;
        _lostReported += lost;
        _reports.Add(new LogReport(LogReportKind.Lost, "", lost, 0,
            $"{lost} records were lost: the {_options.WaitingBytes} bytes for waiting records were full, or a record was larger than half of them or a quarter of {nameof(InteractionLogOptions.MaxBytes)}. Raise {nameof(InteractionLogOptions)}.{nameof(InteractionLogOptions.WaitingBytes)}, or record less."));
    }

    private void ReportFailure(Exception cause) => _reports.AddFailure(
        new LogReport(LogReportKind.WriteFailed, "", 0, 0, $"The log cannot be written: {cause.Message} What waits is tried again; free some space, or see to the folder's permissions."));
}
