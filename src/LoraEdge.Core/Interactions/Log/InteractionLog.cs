namespace LoraEdge;

/// <summary>
/// What one player did, on disk: numbered records in segment files that a thread of the log's own writes. docs/log-format.md
/// defines them. All members may be called from any thread. <see cref="Append(IReadOnlyDictionary{string, HostTensor}, Target, float)"/>
/// and <see cref="UndoLast"/> wait for nothing; the others may wait for the disk and do not belong into a frame.
/// </summary>
public sealed class InteractionLog : IDisposable
{
    private readonly InteractionLogOptions _options;
    private readonly RecordCounts _counts = new();
    private readonly LogReports _reports = new();
    private readonly RecordIntake _intake;
    private readonly LogStore _store;
    private readonly LogWriter? _writer;
    private volatile bool _disposed;

    private InteractionLog(string folder, IReadOnlyList<string> inputs, InteractionLogOptions options, IFileSystem files, IHostClock clock, bool writes)
    {
        _options = options;
        var waiting = new WaitingRecords(options.WaitingBytes);
        _intake = new RecordIntake(inputs, options, clock, waiting, _counts);
        _store = new LogStore(files, folder, options, clock, waiting, _counts, _reports);
        _writer = writes ? new LogWriter(Turn, options.FlushInterval) : null;
        _intake.HalfFull = _writer is { } writer ? writer.Wake : null;
    }

    /// <summary>Number of the newest record, undone and removed ones included; 0 before the first.</summary>
    public long LastSequence => _counts.Last;

    /// <summary>Records that there are: those waiting, those on disk, those of the sample.</summary>
    public long Count => _counts.Count;

    /// <summary>Records that were not kept since the log was opened, see <see cref="LogReportKind.Lost"/>.</summary>
    public long Lost => _counts.Lost;

    /// <summary>Bytes that the log takes on disk, without what was set aside.</summary>
    public long Bytes => _store.Bytes;

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
    public bool Append(IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight = 1f) => _intake.Append(inputs, target, weight);

    /// <summary>The same for any record, a sequence of steps included; memory for one copy of it is allocated.</summary>
    /// <param name="record">The record; borrowed for the call.</param>
    /// <returns>False when the record was lost: no memory was left, it was too large, or the log is closed.</returns>
    /// <exception cref="InvalidInputException">The inputs are not those that the log was opened for, or the weight is out of its range.</exception>
    public bool Append(Interaction record) => _intake.Append(record);

    /// <summary>Takes the newest record back, wherever it is; called again, the one before it. Its number is not used again.</summary>
    /// <returns>False when there is no record, or so many wait that this could not be noted.</returns>
    public bool UndoLast() => _intake.UndoLast();

    /// <summary>Returns when all that was appended before outlives the process.</summary>
    /// <param name="toDisk">Whether it is to outlive a loss of power as well. Default: true.</param>
    /// <exception cref="IOException">The disk cannot be written; what waits is tried again.</exception>
    public void Flush(bool toDisk = true) => _store.Flush(toDisk);

    /// <summary>
    /// The records in order of their numbers, from before the call; those of the sample come first. Read one segment at a time
    /// while the caller goes through them; records that are removed meanwhile may be missing.
    /// </summary>
    /// <param name="after">Only records with higher numbers. Default: 0, all.</param>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    public IEnumerable<LoggedInteraction> Read(long after = 0) => _store.Entries(after).Select(entry => entry.Record);

    /// <summary>Removes records for good, for example those that training found unfit.</summary>
    /// <param name="sequences">Their numbers; those that there are not are left alone.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="IOException">The disk cannot be written; a part may have been removed.</exception>
    public long Remove(IEnumerable<long> sequences) => _store.Remove([.. sequences]);

    /// <summary>Writes all records into one file, for <see cref="Import"/>.</summary>
    /// <param name="destination">Where it goes.</param>
    /// <param name="key">Encrypts it. Default: null, anybody can read it.</param>
    /// <returns>Records written.</returns>
    public long Export(Stream destination, EncryptionKey? key = null) => LogExport.Write(destination, key, _store.Entries(0));

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
        _store.Append([.. records.Select(record => (record.Time, Encode(record, check)))]);
        return records.Count;
    }

    /// <summary>Removes everything, what was set aside as well. Numbers go on while the log stays open, and begin at 1 in one that is opened anew.</summary>
    /// <returns>What was removed.</returns>
    /// <exception cref="IOException">A file cannot be deleted; call it again.</exception>
    public LogErasure Erase() => _store.Erase();

    /// <summary>Takes the oldest of what happened to the log, if there is anything; never waits for the disk.</summary>
    /// <param name="report">What happened.</param>
    public bool TryTakeReport([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out LogReport? report) => _reports.TryTake(out report);

    /// <summary>Writes what waits, syncs and closes. Records that other threads append meanwhile may be lost.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _intake.Close();
        _writer?.Dispose();
        _store.Close();
    }

    /// <summary>What the writer does again and again: stores what waits, and flushes when it is time to.</summary>
    internal void Turn() => _store.Turn();

    private byte[] Encode(LoggedInteraction record, Action<Interaction>? check)
    {
        check?.Invoke(record.Interaction);
        byte[] bytes = _intake.Encode(record.Time, record.Interaction);
        if (bytes.Length > _intake.LargestRecord)
            throw new LogFormatException($"Record {record.Sequence} of the export takes {bytes.Length} bytes; this log takes records of at most {_intake.LargestRecord}. Nothing was imported: raise {nameof(InteractionLogOptions)}.{nameof(InteractionLogOptions.WaitingBytes)}.");
        return bytes;
    }
}
