namespace Rival.Chess;

/// <summary>Recognises and reads tag pairs such as <c>[White "Tal, Mihail"]</c>.</summary>
internal sealed class PgnTagScanner(PgnCursor cursor)
{
    private const int LongestValue = 64 * 1024;

    private readonly PgnText _text = new();
    private byte[] _value = new byte[256];
    private int _length;

    /// <summary>The tag last read.</summary>
    internal KeyValuePair<string, string> Tag { get; private set; }

    /// <summary>Whether a tag begins here: bracket, name and opening quote. Nothing is consumed.</summary>
    /// <param name="name">The name it must have, if any.</param>
    internal bool IsAtTag(string? name = null)
    {
        if (cursor.Peek() != '[')
            return false;
        int start = PassBlanks(1), end = PassName(start);
        if (end == start || cursor.Peek(PassBlanks(end)) != '"')
            return false;
        return name is null || Matches(name, start, end);
    }

    /// <summary>Reads the tag that begins here; false when its value is longer than any real one.</summary>
    internal bool TryRead()
    {
        string name = ReadName();
        cursor.SkipBlanks();
        cursor.Next();
        if (!TryReadValue())
            return false;
        Tag = new KeyValuePair<string, string>(name, _text.Decode(_value.AsSpan(0, _length)));
        return true;
    }

    private string ReadName()
    {
        cursor.Next();
        cursor.SkipBlanks();
        Span<byte> name = stackalloc byte[PgnCursor.LookAhead];
        int length = 0;
        while (IsNameByte(cursor.Peek()) && length < name.Length)
            name[length++] = (byte)cursor.Next();
        return _text.Decode(name[..length]);
    }

    /// <summary>
    /// Reads up to the quote that a bracket follows, so that values with bare quotes inside survive; a value that is
    /// never closed ends with its line.
    /// </summary>
    private bool TryReadValue()
    {
        _length = 0;
        while (cursor.Peek() is not (PgnCursor.End or '\n' or '\r'))
        {
            int next = cursor.Next();
            if (next == '"' && cursor.Peek(PassBlanks(0)) == ']')
            {
                cursor.SkipBlanks();
                cursor.Next();
                return true;
            }
            if (next == '\\' && cursor.Peek() is '"' or '\\')
                next = cursor.Next();
            if (!TryAppend((byte)next))
                return false;
        }
        return true;
    }

    private bool TryAppend(byte value)
    {
        if (_length == LongestValue)
            return false;
        if (_length == _value.Length)
            Array.Resize(ref _value, 2 * _length);
        _value[_length++] = value;
        return true;
    }

    private bool Matches(string name, int start, int end)
    {
        if (end - start != name.Length)
            return false;
        for (int i = 0; i < name.Length; i++)
            if (cursor.Peek(start + i) != name[i])
                return false;
        return true;
    }

    private int PassBlanks(int ahead)
    {
        while (ahead < PgnCursor.LookAhead && cursor.Peek(ahead) is ' ' or '\t')
            ahead++;
        return ahead;
    }

    private int PassName(int ahead)
    {
        while (ahead < PgnCursor.LookAhead && IsNameByte(cursor.Peek(ahead)))
            ahead++;
        return ahead;
    }

    private static bool IsNameByte(int value) =>
        value is >= 'A' and <= 'Z' or >= 'a' and <= 'z' or >= '0' and <= '9' or '_';
}
