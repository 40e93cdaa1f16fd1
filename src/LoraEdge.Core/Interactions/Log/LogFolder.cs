namespace LoraEdge;

/// <summary>
/// The files of a log: segments in order, the last of which is written to, and the sample beside them. Used by one thread at
/// a time.
/// </summary>
internal sealed class LogFolder
{
    private const string SampleName = "sample.log";
    private const int MostPendingBytes = 64 * 1024;

    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly InteractionLogOptions _options;
    private readonly IHostClock _clock;
    private readonly DamagedFiles _damaged;
    private readonly SegmentRewriting _rewriting;
    private readonly Action<LogReport> _report;
    private readonly List<Segment> _segments = [];
    private readonly GrowingBuffer _record = new(4096);
    private SampleFile _sample;
    private ActiveSegment? _active;

    /// <summary>Opens a folder, made when there is none, and repairs what a crash or damage left.</summary>
    /// <exception cref="EncryptionKeyException">A file is encrypted with a key that was not given; nothing was changed.</exception>
    /// <exception cref="LogFormatException">A file is of a newer version; nothing was changed.</exception>
    public LogFolder(IFileSystem files, string folder, InteractionLogOptions options, IHostClock clock, Action<LogReport> report)
    {
        _clock = clock;
        _files = files;
        _folder = Path.GetFullPath(folder);
        _options = options;
        _report = report;
        _damaged = new DamagedFiles(files, report);
        _rewriting = new SegmentRewriting(files, options, _damaged);
        files.CreateFolder(_folder);
        (string Path, long Number)[] found = [.. SegmentName.Find(files, _folder)];
        foreach ((string path, _) in found)
            LogHeads.Check(files, path, LogFileKind.Segment, options.Key);
        if (files.FileExists(SamplePath))
            LogHeads.Check(files, SamplePath, LogFileKind.Sample, options.Key);
        foreach (string left in files.Files(_folder).Where(AtomicFile.IsTemporary))
            files.Delete(left);
        _sample = SampleFile.Open(files, SamplePath, options, _damaged);
        LastNumber = _sample.Through;
        var opening = new SegmentOpening(files, options, _damaged, report);
        foreach ((string path, long number) in found)
        {
            if (opening.Open(path, number, isNewest: number == found[found.Length - 1].Number, _sample.Through) is { } opened)
                Add(opened);
        }
    }

    /// <summary>The highest number that a record has or had.</summary>
    public long LastNumber { get; private set; }

    public long Records => _segments.Sum(segment => (long)segment.Records) + _sample.Records;

    public long Bytes => _segments.Sum(segment => segment.Bytes) + _sample.Bytes;

    /// <summary>The segments' numbers, the oldest first.</summary>
    public long[] SegmentNumbers => [.. _segments.Select(segment => segment.Number)];

    private string SamplePath => Path.Combine(_folder, SampleName);

    /// <summary>Appends a record.</summary>
    /// <param name="rest">All of it but the number in front.</param>
    /// <param name="time">When it was made.</param>
    /// <exception cref="IOException">The disk cannot be written; the record was not taken.</exception>
    public void Append(ReadOnlySpan<byte> rest, DateTimeOffset time)
    {
        _record.Truncate(0);
        LogEntry.WriteRecord(_record, LastNumber + 1, rest);
        int size = EntryCodec.SizeOf(_record.Length, _options.Key is not null);
        if (_active is null || _active.Segment.Bytes + size > _options.SegmentBytes)
        {
            if (_active?.Segment.Records > 0)
                CloseActive();
            Enforce(Math.Max(_options.SegmentBytes, LogHeader.PlainBytes + AesGcmCipher.Overhead + size));
        }

        if (_active?.PendingBytes > MostPendingBytes)
            _active.Flush();
        if (_active is null)
            Begin();
        _active!.Append(_record.Written, LastNumber + 1, time);
        LastNumber++;
    }

    /// <summary>Removes the newest record, if there is any.</summary>
    public void RemoveNewest()
    {
        Segment? segment = _segments.LastOrDefault(candidate => candidate.Records > 0);
        if (segment is null)
            RemoveNewestOfSample();
        else if (segment == _active?.Segment)
            _active.RemoveLast(LastNumber);
        else if (LastOf(segment) is var last)
            Rewrite(segment, number => number != last);
    }

    /// <summary>Removes certain records.</summary>
    public long Remove(ICollection<long> numbers)
    {
        CloseActive();
        long removed = 0;
        foreach (Segment segment in _segments.ToArray())
        {
            if (segment.Records > 0 && numbers.Any(number => number >= segment.First && number <= segment.Last))
                removed += Rewrite(segment, number => !numbers.Contains(number));
        }

        return removed + (_sample.Records > 0 ? _sample.Remove(numbers.Contains) : 0);
    }

    /// <summary>Lets the oldest segments go until age and size are within their bounds.</summary>
    public void Enforce() => Enforce(_options.SegmentBytes);

    /// <summary>Uses up numbers for records that will never be stored.</summary>
    public void Skip(int records) => LastNumber += records;

    public void Flush() => _active?.Flush();

    public void Sync() => _active?.Sync();

    public void CloseActive()
    {
        _active?.Close();
        _active = null;
    }

    /// <summary>Gives up what is pending, when the disk cannot be written.</summary>
    public void Abandon() => _active?.Abandon();

    /// <summary>Goes through a segment; null when it is gone.</summary>
    public LogFileReader? ReaderOf(long number)
    {
        Segment? segment = _segments.Find(candidate => candidate.Number == number);
        if (segment is null)
            return null;
        if (segment == _active?.Segment)
            _active.Flush();
        return Open(segment.Path);
    }

    /// <summary>The records of the sample, the oldest first.</summary>
    public IReadOnlyList<byte[]> SampleContents() => _sample.Contents();

    /// <summary>Deletes all files, those that were set aside as well.</summary>
    public LogErasure Erase()
    {
        long records = Records;
        _active?.Abandon();
        _active = null;
        string[] paths = [.. _files.Files(_folder).Where(IsOfLog)];
        long bytes = 0;
        foreach (string path in paths)
        {
            bytes += LengthOf(path);
            _files.Delete(path);
        }

        _files.SyncFolder(_folder);
        _segments.Clear();
        _sample = SampleFile.Open(_files, SamplePath, _options, _damaged);
        return new LogErasure(records, bytes, paths);
    }

    private bool IsOfLog(string path) => SegmentName.NumberOf(path) is not null || path == SamplePath || AtomicFile.IsTemporary(path) || path.EndsWith(DamagedFiles.Extension, StringComparison.Ordinal);

    private long LengthOf(string path)
    {
        using Stream stream = _files.OpenRead(path);
        return stream.Length;
    }

    private void Add(OpenedSegment opened)
    {
        LastNumber = Math.Max(LastNumber, opened.Highest);
        _segments.Add(opened.Segment);
        if (opened.IsOutdated)
        {
            Rewrite(opened.Segment, _ => true, opened.IsCut);
            return;
        }

        _active = opened.Active;
        if (opened.IsCut)
            _active?.Sync();
    }

    private void Begin()
    {
        long number = _segments.Count == 0 ? 1 : _segments[_segments.Count - 1].Number + 1;
        var segment = new Segment(Path.Combine(_folder, SegmentName.Of(number)), number);
        _active = ActiveSegment.Begin(_files, segment, LogHeader.Create(LogFileKind.Segment, _options.Key, LastNumber));
        _segments.Add(segment);
    }

    // The segment being written counts as what it is going to have; it stays.
    private void Enforce(long activeBytes)
    {
        DateTimeOffset now = _clock.UtcNow;
        while (_segments.Count > 0 && _options.MaxAge is { } age && IsOlder(_segments[0], now, age))
            DropOldest();
        while (_segments.Count > (_active is null ? 0 : 1) && (_segments[0].Records == 0 || ClosedBytes() + activeBytes > _options.MaxBytes))
            DropOldest();
    }

    private long ClosedBytes() => Bytes - (_active?.Segment.Bytes ?? 0);

    private static bool IsOlder(Segment segment, DateTimeOffset now, TimeSpan age) => segment.Records > 0 && now - segment.Newest > age;

    private void DropOldest()
    {
        Segment segment = _segments[0];
        if (_segments.Count == 1)
            BeginBeside();
        if (_options.SampleSize > 0 && segment.Records > 0)
            Offer(segment);
        _files.Delete(segment.Path);
        _segments.RemoveAt(0);
    }

    private void Offer(Segment segment)
    {
        try
        {
            if (Open(segment.Path) is { } reader)
                _sample.Offer(reader);
        }
        catch (LogFormatException error)
        {
            _report(new LogReport(LogReportKind.Damaged, segment.Path, 0, segment.Bytes, $"{error.Message} It was to be deleted anyway; its records are not in the sample."));
        }
    }

    // Some segment must tell which numbers are used.
    private void BeginBeside()
    {
        CloseActive();
        Begin();
        _active!.Sync();
    }

    /// <summary>Writes a segment anew without some of its records; how many went.</summary>
    private long Rewrite(Segment segment, Func<long, bool> isKept, bool isCut = false)
    {
        int at = _segments.IndexOf(segment);
        (_segments[at], long removed) = _rewriting.Rewrite(segment, LastNumber, isKept, isCut);
        return removed;
    }

    private void RemoveNewestOfSample()
    {
        if (_sample.Records > 0 && _sample.Newest() is var newest)
            _sample.Remove(number => number == newest);
    }

    private long LastOf(Segment segment)
    {
        long last = 0;
        for (LogFileReader? reader = Open(segment.Path); reader is not null && reader.MoveNext();)
            last = reader.Record?.Sequence ?? last;
        return last;
    }

    private LogFileReader? Open(string path) =>
        _files.TryRead(path) is { } file ? new LogFileReader(file, LogHeader.Read(file, LogFileKind.Segment, _options.Key, path), path) : null;
}
