namespace Rival.Chess;

/// <summary>A stream that may be read up to a number of bytes: packed data of a few megabytes can hold terabytes.</summary>
internal sealed class LimitedText(Stream text, long mostBytes) : ForwardStream
{
    private long _read;

    /// <exception cref="PgnException">There are more bytes.</exception>
    public override int Read(Span<byte> buffer)
    {
        int read = text.Read(buffer);
        _read += read;
        return _read <= mostBytes ? read : throw new PgnException("", $"The text is longer than {mostBytes >> 20} MB. Give a part of it.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            text.Dispose();
        base.Dispose(disposing);
    }
}
