namespace Rival.Chess;

/// <summary>
/// Walks over the bytes of a PGN text with a bounded look-ahead, counting lines. Damage in the underlying stream
/// reads as the end of the text, because what came before it is still good.
/// </summary>
internal sealed class PgnCursor
{
    /// <summary>How far <see cref="Peek(int)"/> can see.</summary>
    internal const int LookAhead = 64;

    /// <summary>What <see cref="Peek()"/> and <see cref="Next"/> answer at the end.</summary>
    internal const int End = -1;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _at;
    private int _filled;
    private bool _isDrained;

    internal PgnCursor(Stream stream)
    {
        _stream = stream;
        if (Peek(0) == 0xEF && Peek(1) == 0xBB && Peek(2) == 0xBF)
            _at = 3;
    }

    /// <summary>The current line, 1-based.</summary>
    internal int Line { get; private set; } = 1;

    /// <summary>How many bytes have been consumed.</summary>
    internal long Consumed { get; private set; }

    /// <summary>Whether the next byte is the first of its line.</summary>
    internal bool IsAtLineStart { get; private set; } = true;

    /// <summary>What broke the stream, if anything did.</summary>
    internal Exception? Damage { get; private set; }

    internal int Peek() => _at < _filled ? _buffer[_at] : Peek(0);

    internal int Peek(int ahead)
    {
        if (_at + ahead >= _filled)
            Fill(ahead + 1);
        return _at + ahead < _filled ? _buffer[_at + ahead] : End;
    }

    internal int Next()
    {
        int next = Peek();
        if (next == End)
            return End;
        _at++;
        Consumed++;
        IsAtLineStart = next is '\n' or '\r';
        if (next == '\n')
            Line++;
        return next;
    }

    internal void SkipLine()
    {
        while (Peek() is not (End or '\n' or '\r'))
            Next();
    }

    internal void SkipBlanks()
    {
        while (Peek() is ' ' or '\t')
            Next();
    }

    private void Fill(int wanted)
    {
        if (_isDrained)
            return;
        Buffer.BlockCopy(_buffer, _at, _buffer, 0, _filled - _at);
        _filled -= _at;
        _at = 0;
        while (_filled < wanted && !_isDrained)
        {
            int read = ReadSome();
            _filled += read;
            _isDrained = read == 0;
        }
    }

    private int ReadSome()
    {
        try
        {
            return _stream.Read(_buffer, _filled, _buffer.Length - _filled);
        }
        catch (Exception damage) when (damage is InvalidDataException or EndOfStreamException)
        {
            Damage = damage;
            return 0;
        }
    }
}
