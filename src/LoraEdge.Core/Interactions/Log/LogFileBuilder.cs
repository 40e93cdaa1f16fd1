namespace LoraEdge;

/// <summary>A whole file of records in memory.</summary>
internal sealed class LogFileBuilder
{
    private readonly GrowingBuffer _buffer;
    private readonly EntryCodec _codec;
    private int _entries;

    public LogFileBuilder(LogHeader header, long expectedBytes)
    {
        _buffer = new GrowingBuffer((int)Math.Min(expectedBytes, LogLimits.MaxFileBytes));
        _codec = new EntryCodec(header);
        header.Bytes.CopyTo(_buffer.GetSpan(header.Bytes.Length));
        _buffer.Advance(header.Bytes.Length);
    }

    public ReadOnlySpan<byte> Bytes => _buffer.Written;

    public void Add(ReadOnlySpan<byte> content) => _codec.Write(_buffer, content, _entries++);
}
