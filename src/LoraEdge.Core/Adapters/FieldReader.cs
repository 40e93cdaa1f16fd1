using System.Buffers;
using MessagePack;

namespace LoraEdge;

/// <summary>
/// Reads MessagePack values of expected type and range, and knows which field it is at, so that every refusal can say
/// so. Nothing is allocated here: payloads are slices of the file.
/// </summary>
internal ref struct FieldReader
{
    private readonly string _source;
    private readonly int _start;
    private MessagePackReader _reader;
    private string _field = "file";

    public FieldReader(ReadOnlyMemory<byte> bytes, string source, int start = 0)
    {
        _reader = new MessagePackReader(bytes);
        _source = source;
        _start = start;
    }

    /// <summary>Where the next value begins, in bytes from the start of the file.</summary>
    public readonly int Offset => _start + (int)_reader.Consumed;

    /// <summary>Whether all bytes were read.</summary>
    public readonly bool AtEnd => _reader.End;

    public ulong Unsigned(string field, ulong minimum, ulong maximum)
    {
        At(field, MessagePackType.Integer);
        int offset = Offset;
        byte code = _reader.NextCode;
        if (code >= MessagePackCode.MinNegativeFixInt || code is >= MessagePackCode.Int8 and <= MessagePackCode.Int64)
            throw Refusal(offset, $"is a signed integer (code 0x{code:x2})", "an unsigned one");
        ulong value = _reader.ReadUInt64();
        if (value < minimum || value > maximum)
            throw Refusal(offset, $"is {value}", $"{minimum} to {maximum}");
        return value;
    }

    public int Int(string field, int minimum, int maximum) => (int)Unsigned(field, (ulong)minimum, (ulong)maximum);

    public float Float(string field)
    {
        At(field, MessagePackType.Float);
        if (_reader.NextCode != MessagePackCode.Float32)
            throw Refusal(Offset, $"has code 0x{_reader.NextCode:x2}", "a 32-bit float (code 0xca)");
        return _reader.ReadSingle();
    }

    public double Double(string field, double minimum, double maximum)
    {
        At(field, MessagePackType.Float);
        int offset = Offset;
        if (_reader.NextCode != MessagePackCode.Float64)
            throw Refusal(offset, $"has code 0x{_reader.NextCode:x2}", "a 64-bit float (code 0xcb)");
        double value = _reader.ReadDouble();
        if (!(value >= minimum && value <= maximum))
            throw Refusal(offset, $"is {value}", $"{minimum} to {maximum}");
        return value;
    }

    public int Array(string field, int minimum, int maximum)
    {
        At(field, MessagePackType.Array);
        int offset = Offset;
        return Counted(offset, _reader.ReadArrayHeader(), minimum, maximum);
    }

    public int Map(string field, int minimum, int maximum)
    {
        At(field, MessagePackType.Map);
        int offset = Offset;
        return Counted(offset, _reader.ReadMapHeader(), minimum, maximum);
    }

    /// <summary>A byte string, as a slice of the file.</summary>
    public ReadOnlySpan<byte> Binary(string field, int minimum, int maximum)
    {
        At(field, MessagePackType.Binary);
        int offset = Offset;
        ReadOnlySequence<byte> bytes = _reader.ReadBytes()!.Value;
        if (bytes.Length < minimum || bytes.Length > maximum)
            throw Refusal(offset, $"has {bytes.Length} bytes", minimum == maximum ? $"{minimum}" : $"{minimum} to {maximum}");
        return bytes.First.Span;
    }

    /// <summary>A string of limited length.</summary>
    public string Text(string field, int maximumBytes)
    {
        At(field, MessagePackType.String);
        int offset = Offset;
        ReadOnlySequence<byte> bytes = _reader.ReadStringSequence()!.Value;
        if (bytes.Length > maximumBytes)
            throw Refusal(offset, $"has {bytes.Length} bytes", $"at most {maximumBytes}");
        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>
    /// Steps over a string or a number that was checked already. Never used on unknown values: skipping nested arrays
    /// recurses, and a hostile file nests them a million deep.
    /// </summary>
    public void Skip(string field)
    {
        _field = field;
        _reader.Skip();
    }

    /// <summary>The error for the field that was read last.</summary>
    public readonly AdapterFormatException Refusal(int offset, string found, string expected) =>
        new($"{_source}: {_field} at byte {offset} {found}, expected {expected}. The file was not written by LoraEdge or was altered: restore it from a copy. See docs/adapter-format.md.");

    /// <summary>Turns what MessagePack throws into the one error that callers see.</summary>
    public readonly AdapterFormatException Translate(Exception cause) =>
        new($"{_source}: {_field} cannot be read at byte {Offset}: {cause.Message} The file was not written by LoraEdge or was altered: restore it from a copy. See docs/adapter-format.md.", cause);

    private void At(string field, MessagePackType type)
    {
        _field = field;
        if (_reader.End)
            throw Refusal(Offset, "is missing", $"a value of type {type}");
        if (_reader.NextMessagePackType != type)
            throw Refusal(Offset, $"is of type {_reader.NextMessagePackType} (code 0x{_reader.NextCode:x2})", $"type {type}");
    }

    private readonly int Counted(int offset, int count, int minimum, int maximum)
    {
        if (count < minimum || count > maximum)
            throw Refusal(offset, $"has {count} entries", minimum == maximum ? $"{minimum}" : $"{minimum} to {maximum}");
        return count;
    }
}
