namespace LoraEdge;

/// <summary>
/// Goes through the entries of a file. Where one is damaged it goes on at the next that can be read; what could not be read
/// is counted. Takes memory in proportion to the file, whatever it says.
/// </summary>
internal sealed class LogFileReader
{
    // A place in damaged bytes whose first four look like a length costs a checksum over that length.
    private const int MostGuesses = 256;

    private readonly ReadOnlyMemory<byte> _file;
    private readonly EntryCodec _codec;
    private readonly string _source;
    private int _next;
    private int _nextIndex;
    private long _lastNumber;

    public LogFileReader(ReadOnlyMemory<byte> file, LogHeader header, string source)
    {
        _file = file;
        _source = source;
        Header = header;
        _codec = new EntryCodec(header);
        _next = header.Bytes.Length;
    }

    public LogHeader Header { get; }

    /// <summary>The entry's content.</summary>
    public ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>The record that it is; null for a mark or an empty slot.</summary>
    public LoggedInteraction? Record { get; private set; }

    /// <summary>The number that a mark says; 0 when the entry is none.</summary>
    public long Mark { get; private set; }

    public int Offset { get; private set; }

    public int Index { get; private set; }

    /// <summary>Where the last readable entry ends.</summary>
    public int End => _next;

    /// <summary>Unreadable bytes before the last readable entry.</summary>
    public long DamagedBytes { get; private set; }

    /// <summary>Unreadable bytes behind it, once the end was reached.</summary>
    public long TailBytes { get; private set; }

    /// <summary>The next entry that can be read.</summary>
    public bool MoveNext()
    {
        while (_next < _file.Length)
        {
            int offset = _next, index = _nextIndex;
            if (!_codec.TryRead(_file, offset, index, out ReadOnlyMemory<byte> content, out int next) && !TryFindNext(ref offset, ref index, out content, out next))
            {
                TailBytes = _file.Length - _next;
                return false;
            }

            DamagedBytes += offset - _next;
            _next = next;
            _nextIndex = index + 1;
            if (TryUnderstand(content, index))
            {
                (Content, Offset, Index) = (content, offset, index);
                return true;
            }

            DamagedBytes += next - offset;
        }

        return false;
    }

    // Lengths may be right where contents are not; where they are not, the next entry is searched for byte by byte.
    private bool TryFindNext(ref int offset, ref int index, out ReadOnlyMemory<byte> content, out int next)
    {
        int at = offset, before = index;
        while (EntryCodec.MayBegin(_file.Span, at))
        {
            at = EntryCodec.EndOf(_file.Span, at);
            before++;
            if (_codec.TryRead(_file, at, before, out content, out next))
            {
                (offset, index) = (at, before);
                return true;
            }
        }

        index++;
        int guesses = 0;
        for (offset++; offset < _file.Length && guesses < MostGuesses; offset++)
        {
            if (!EntryCodec.MayBegin(_file.Span, offset))
                continue;
            guesses++;
            if (_codec.TryRead(_file, offset, index, out content, out next))
                return true;
        }

        content = default;
        next = offset;
        return false;
    }

    private bool TryUnderstand(ReadOnlyMemory<byte> content, int index)
    {
        bool isSample = Header.Kind == LogFileKind.Sample;
        Record = null;
        bool isMark = LogEntry.IsMark(content.Span, out long mark);
        Mark = mark;
        if (isMark || LogEntry.IsEmpty(content.Span))
            return isMark != isSample;
        try
        {
            Record = RecordDecoder.Decode(content, $"{_source}, entry {index}");
        }
        catch (LogFormatException)
        {
            return false;
        }

        // Segments and exports ascend; the order of a sample is that of its slots.
        if (!isSample && Record.Sequence <= _lastNumber)
            return false;
        _lastNumber = Record.Sequence;
        return true;
    }
}
