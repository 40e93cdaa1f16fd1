namespace LoraEdge;

/// <summary>
/// The segment that is being written. Entries are gathered and handed to the operating system together; what failed to be
/// written stays here and is tried again, behind the last byte that is known to be good.
/// </summary>
internal sealed class ActiveSegment
{
    private readonly IFileSystem _files;
    private readonly EntryCodec _codec;
    private readonly List<(long Offset, int Index)> _records;
    private readonly GrowingBuffer _pending = new(4096);
    private IFileWriter? _writer;
    private long _written;
    private int _nextIndex;

    private ActiveSegment(IFileSystem files, Segment segment, LogHeader header, List<(long, int)> records)
    {
        _files = files;
        _codec = new EntryCodec(header);
        _records = records;
        Segment = segment;
    }

    public Segment Segment { get; }

    /// <summary>Bytes that only this process has.</summary>
    public int PendingBytes => _pending.Length;

    /// <summary>A new segment.</summary>
    public static ActiveSegment Begin(IFileSystem files, Segment segment, LogHeader header)
    {
        var active = new ActiveSegment(files, segment, header, []);
        header.Bytes.CopyTo(active._pending.GetSpan(header.Bytes.Length));
        active._pending.Advance(header.Bytes.Length);
        active.Count();
        return active;
    }

    /// <summary>A segment of an earlier run.</summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="segment">Which one.</param>
    /// <param name="header">Its head.</param>
    /// <param name="records">Where its records are.</param>
    /// <param name="length">Its good bytes; what follows is cut off.</param>
    /// <param name="nextIndex">Its entries.</param>
    public static ActiveSegment Continue(IFileSystem files, Segment segment, LogHeader header, List<(long, int)> records, long length, int nextIndex) =>
        new(files, segment, header, records) { _written = length, _nextIndex = nextIndex };

    public void Append(ReadOnlySpan<byte> record, long number, DateTimeOffset time)
    {
        _records.Add((_written + _pending.Length, _nextIndex));
        AppendEntry(record);
        Segment.Add(number, time);
    }

    /// <summary>Takes the last record back and notes that its number is used.</summary>
    public void RemoveLast(long lastNumber)
    {
        (long offset, int index) = _records[_records.Count - 1];
        if (offset < _written)
        {
            Opened().Truncate(offset);
            _written = offset;
        }

        _pending.Truncate((int)(offset - _written));
        _records.RemoveAt(_records.Count - 1);
        _nextIndex = index;
        Segment.RemoveLast();
        AppendEntry(LogEntry.Mark(lastNumber));
    }

    /// <summary>Hands what is pending to the operating system.</summary>
    /// <exception cref="IOException">It cannot be written; nothing is lost.</exception>
    public void Flush()
    {
        if (_pending.Length == 0)
            return;
        try
        {
            IFileWriter writer = Opened();
            writer.Write(_pending.Written);
            writer.Flush();
        }
        catch
        {
            Abandon();
            throw;
        }

        _written += _pending.Length;
        _pending.Truncate(0);
    }

    /// <summary>Returns when all is on the disk.</summary>
    public void Sync()
    {
        Flush();
        try
        {
            Opened().Sync();
        }
        catch
        {
            Abandon();
            throw;
        }

        _files.SyncFolder(Path.GetDirectoryName(Segment.Path)!);
    }

    /// <summary>Syncs and closes the file.</summary>
    public void Close()
    {
        Sync();
        Abandon();
    }

    /// <summary>Closes the file, whatever its state.</summary>
    public void Abandon()
    {
        try
        {
            _writer?.Dispose();
        }
        catch (IOException)
        {
            // What could not be written is pending still.
        }

        _writer = null;
    }

    private IFileWriter Opened()
    {
        if (_writer is not null)
            return _writer;
        IFileWriter writer = _files.Append(Segment.Path);
        if (writer.Length > _written)
            writer.Truncate(_written);
        return _writer = writer;
    }

    private void AppendEntry(ReadOnlySpan<byte> content)
    {
        _codec.Write(_pending, content, _nextIndex++);
        Count();
    }

    private void Count() => Segment.Bytes = _written + _pending.Length;
}
