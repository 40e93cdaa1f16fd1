namespace LoraEdge;

/// <summary>
/// What one player did, on disk: numbered records in segment files that a thread of the log's own writes. docs/log-format.md
/// defines them. All members may be called from any thread. <see cref="Append(IReadOnlyDictionary{string, HostTensor}, Target, float)"/>
/// and <see cref="UndoLast"/> wait for nothing; the others may wait for the disk and do not belong into a frame.
/// </summary>
public sealed class InteractionLog : IDisposable
{
    private readonly object _gate = new();
    private readonly InteractionLogOptions _options;
    private readonly IHostClock _clock;
    private readonly RecordEncoder _encoder;
    private readonly WaitingRecords _waiting;
    private readonly LogReports _reports = new();
    private readonly LogFolder _folder;
    private readonly LogWriter? _writer;
    private readonly int _largestRecord;
    private TimeSpan _flushed;
    private long _count;
    private long _lastSequence;
    private long _lost;
    private long _lostReported;
    private volatile bool _disposed;

    private InteractionLog(string folder, IReadOnlyList<string> inputs, InteractionLogOptions options, IFileSystem files, IHostClock clock, bool writes)
    {
        _options = options;
        _clock = clock;
        _encoder = new RecordEncoder(inputs);
        _waiting = new WaitingRecords(options.WaitingBytes);
        _largestRecord = (int)Math.Min(_waiting.LargestBytes, options.MaxBytes / 4);
        _folder = new LogFolder(files, folder, options, clock, _reports.Add);
        _folder.Enforce();
        _count = _folder.Records;
        _lastSequence = _folder.LastNumber;
        _flushed = clock.Elapsed;
        _writer = writes ? new LogWriter(Turn, options.FlushInterval) : null;
    }

    /// <summary>Number of the newest record, undone and removed ones included; 0 before the first.</summary>
    public long LastSequence => Volatile.Read(ref _lastSequence);

    /// <summary>Records that there are: those waiting, those on disk, those of the sample.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Records that were not kept since the log was opened, see <see cref="LogReportKind.Lost"/>.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Bytes that the log takes on disk, without what was set aside.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _folder.Bytes;
        }
    }

    /// <summary>
    /// Opens a log, or begins one. What a crash left incomplete is cut off; damaged files are set aside and what can be read of
    /// them is kept; both are reported (<see cref="TryTakeReport"/>). One log at a time may be open on a folder; the caller
    /// sees to that.
    /// </summary>
    /// <param name="folder">Its folder, made when there is none. Nothing else is kept there.</param>
    /// <param name="inputs">Names of the inputs that every record has: those of the model, without those that carry state.</param>
    /// <param name="options">How it is kept; null for the defaults.</param>
    /// <param name="files">Where it is kept; null for the disk.</param>
    /// <param name="clock">The time; null for the machine's.</param>
    /// <exception cref="InvalidOptionsException">An option is out of its range, or an input is named twice.</exception>
    /// <exception cref="EncryptionKeyException">The log is encrypted, and its key was not given; nothing was changed.</exception>
    /// <exception cref="LogFormatException">A file was written by a newer version; nothing was changed.</exception>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static InteractionLog Open(string folder, IReadOnlyList<string> inputs, InteractionLogOptions? options = null, IFileSystem? files = null, IHostClock? clock = null) =>
        Open(folder, inputs, options, files, clock, writes: true);

    /// <summary>Without a thread of its own, for tests that call <see cref="Turn"/>.</summary>
    internal static InteractionLog Open(string folder, IReadOnlyList<string> inputs, InteractionLogOptions? options, IFileSystem? files, IHostClock? clock, bool writes)
    {
        options ??= new InteractionLogOptions();
        options.Check();
        return new InteractionLog(folder, inputs, options, files ?? DiskFileSystem.Instance, clock ?? SystemClock.Instance, writes);
    }

    /// <summary>
    /// Copies a record into memory of the log and returns: takes no lock, touches no disk, allocates nothing. The log's
    /// thread writes it within <see cref="InteractionLogOptions.FlushInterval"/>.
    /// </summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call.</param>
    /// <param name="target">What the player did; borrowed for the call.</param>
    /// <param name="weight">Weight in training, finite and 0 or more.</param>
    /// <returns>False when the record was lost: no memory was left, it was too large, or the log is closed.</returns>
    /// <exception cref="InvalidInputException">The inputs are not those that the log was opened for, or the weight is out of its range.</exception>
    public bool Append(IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight = 1f)
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

    /// <summary>The same for any record, a sequence of steps included; memory for one copy of it is allocated.</summary>
    /// <param name="record">The record; borrowed for the call.</param>
    /// <returns>False when the record was lost: no memory was left, it was too large, or the log is closed.</returns>
    /// <exception cref="InvalidInputException">The inputs are not those that the log was opened for, or the weight is out of its range.</exception>
    public bool Append(Interaction record)
    {
        byte[] bytes = _encoder.Encode(_clock.UtcNow, record);
        if (!TryReserve(bytes.Length, out long position))
            return false;
        bytes.CopyTo(_waiting.Content(position, bytes.Length));
        Complete(position, bytes.Length, complete: true);
        return true;
    }

    /// <summary>Takes the newest record back, wherever it is; called again, the one before it. Its number is not used again.</summary>
    /// <returns>False when there is no record, or so many wait that this could not be noted.</returns>
    public bool UndoLast()
    {
        long count;
        do
        {
            count = Volatile.Read(ref _count);
            if (count <= 0)
                return false;
        }
        while (Interlocked.CompareExchange(ref _count, count - 1, count) != count);
        if (_disposed || !_waiting.TryReserve(0, WaitingKind.Undo, out long position))
        {
            Interlocked.Increment(ref _count);
            return false;
        }

        _waiting.Complete(position, 0, WaitingKind.Undo);
        return true;
    }

    /// <summary>Returns when all that was appended before outlives the process.</summary>
    /// <param name="toDisk">Whether it is to outlive a loss of power as well. Default: true.</param>
    /// <exception cref="IOException">The disk cannot be written; what waits is tried again.</exception>
    public void Flush(bool toDisk = true)
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

    /// <summary>
    /// The records in order of their numbers, from before the call; those of the sample come first. Read one segment at a time
    /// while the caller goes through them; records that are removed meanwhile may be missing.
    /// </summary>
    /// <param name="after">Only records with higher numbers. Default: 0, all.</param>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    public IEnumerable<LoggedInteraction> Read(long after = 0) => Entries(after).Select(entry => entry.Record);

    /// <summary>Removes records for good, for example those that training found unfit.</summary>
    /// <param name="sequences">Their numbers; those that there are not are left alone.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="IOException">The disk cannot be written; a part may have been removed.</exception>
    public long Remove(IEnumerable<long> sequences)
    {
        var numbers = new HashSet<long>(sequences);
        lock (_gate)
        {
            Store();
            long removed = 0;
            if (numbers.Count > 0)
                Counted(() => removed = _folder.Remove(numbers));
            return removed;
        }
    }

    /// <summary>Writes all records into one file, for <see cref="Import"/>.</summary>
    /// <param name="destination">Where it goes.</param>
    /// <param name="key">Encrypts it. Default: null, anybody can read it.</param>
    /// <returns>Records written.</returns>
    public long Export(Stream destination, EncryptionKey? key = null) => LogExport.Write(destination, key, Entries(0));

    /// <summary>
    /// Appends the records of an export behind those there are: their times are kept, their numbers are new. Everything is
    /// checked before anything is changed.
    /// </summary>
    /// <param name="source">What <see cref="Export"/> wrote.</param>
    /// <param name="key">Its key, when it is encrypted.</param>
    /// <param name="check">Throws for a record that does not fit, which ends the import. Default: null, none.</param>
    /// <returns>Records that were appended.</returns>
    /// <exception cref="LogFormatException">It is no export, damaged, too large for this log, or of a newer version.</exception>
    /// <exception cref="EncryptionKeyException">It is encrypted, and its key was not given.</exception>
    /// <exception cref="InvalidInputException">A record has other inputs than this log.</exception>
    public long Import(Stream source, EncryptionKey? key = null, Action<Interaction>? check = null)
    {
        List<LoggedInteraction> records = LogExport.Read(source, key, 2 * _options.MaxBytes);
        List<byte[]> encoded = [.. records.Select(record => Encode(record, check))];
        lock (_gate)
        {
            Store();
            for (int i = 0; i < encoded.Count; i++)
            {
                Counted(() => _folder.Append(encoded[i], records[i].Time));
                Interlocked.Increment(ref _lastSequence);
            }

            _folder.Sync();
            Counted(_folder.Enforce);
        }

        return records.Count;
    }

    /// <summary>Removes everything, what was set aside as well. Numbers go on while the log stays open, and begin at 1 in one that is opened anew.</summary>
    /// <returns>What was removed.</returns>
    /// <exception cref="IOException">A file cannot be deleted; call it again.</exception>
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
            Interlocked.Add(ref _count, undone - appended);
            LogErasure? erased = null;
            Counted(() => erased = _folder.Erase());
            return erased! with { Records = erased!.Records + appended - undone };
        }
    }

    /// <summary>Takes the oldest of what happened to the log, if there is anything; never waits for the disk.</summary>
    /// <param name="report">What happened.</param>
    public bool TryTakeReport([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out LogReport? report) => _reports.TryTake(out report);

    /// <summary>Writes what waits, syncs and closes. Records that other threads append meanwhile may be lost.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _writer?.Dispose();
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

    /// <summary>What the writer does again and again: stores what waits, and flushes when it is time to.</summary>
    internal void Turn()
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

    private bool TryReserve(int bytes, out long position)
    {
        position = 0;
        if (!_disposed && bytes <= _largestRecord && _waiting.TryReserve(bytes, WaitingKind.Record, out position))
            return true;
        Interlocked.Increment(ref _lost);
        return false;
    }

    private void Complete(long position, int bytes, bool complete)
    {
        if (complete)
        {
            Interlocked.Increment(ref _count);
            Interlocked.Increment(ref _lastSequence);
        }

        _waiting.Complete(position, bytes, complete ? WaitingKind.Record : WaitingKind.Nothing);
        if (_waiting.IsHalfFull)
            _writer?.Wake();
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
            Interlocked.Add(ref _count, _folder.Records - before - counted);
        }
    }

    // Counted when it was asked for, though there may have been nothing any more.
    private void Undo()
    {
        long before = _folder.Records;
        _folder.RemoveNewest();
        Interlocked.Add(ref _count, _folder.Records - before + 1);
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
            Interlocked.Add(ref _count, _folder.Records - before);
        }
    }

    private byte[] Encode(LoggedInteraction record, Action<Interaction>? check)
    {
        check?.Invoke(record.Interaction);
        byte[] bytes = _encoder.Encode(record.Time, record.Interaction);
        if (bytes.Length > _largestRecord)
            throw new LogFormatException($"Record {record.Sequence} of the export takes {bytes.Length} bytes; this log takes records of at most {_largestRecord}. Nothing was imported: raise {nameof(InteractionLogOptions)}.{nameof(InteractionLogOptions.WaitingBytes)}.");
        return bytes;
    }

    // Each segment is read as a whole, so that none changes while it is read.
    private IEnumerable<(LoggedInteraction Record, ReadOnlyMemory<byte> Content)> Entries(long after)
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
        long lost = Lost - _lostReported;
        if (lost == 0)
            return;
        _lostReported += lost;
        _reports.Add(new LogReport(LogReportKind.Lost, "", lost, 0,
            $"{lost} records were lost: the {_options.WaitingBytes} bytes for waiting records were full, or a record had more than {_largestRecord} bytes. Raise {nameof(InteractionLogOptions)}.{nameof(InteractionLogOptions.WaitingBytes)}, or record less."));
    }

    private void ReportFailure(Exception cause) => _reports.AddFailure(
        new LogReport(LogReportKind.WriteFailed, "", 0, 0, $"The log cannot be written: {cause.Message} What waits is tried again; free some space, or see to the folder's permissions."));
}
