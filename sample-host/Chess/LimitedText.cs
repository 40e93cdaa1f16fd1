namespace Rival.Chess;

/// <summary>A stream that may be read up to a number of bytes: packed data of a few megabytes can hold terabytes.</summary>
internal sealed class LimitedText(Stream text, long mostBytes) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="PgnException">There are more bytes.</exception>
    public override int Read(Span<byte> buffer)
    {
        int read = text.Read(buffer);
        _read += read;
        return _read <= mostBytes ? read : throw new PgnException("", $"The text is longer than {mostBytes >> 20} MB. Give a part of it.");
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            text.Dispose();
        base.Dispose(disposing);
    }
}
