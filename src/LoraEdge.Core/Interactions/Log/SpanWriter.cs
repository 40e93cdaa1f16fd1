using System.Buffers.Binary;
using MessagePack;

namespace LoraEdge;

/// <summary>
/// MessagePack into memory of a known size, without an allocation. One that measures writes nothing and only counts, so that
/// the same code tells how much room a record needs and then fills it.
/// </summary>
internal ref struct SpanWriter
{
    private readonly Span<byte> _destination;
    private readonly bool _measures;

    /// <summary>Measures.</summary>
    public SpanWriter()
    {
        _destination = default;
        _measures = true;
    }

    /// <summary>Writes.</summary>
    public SpanWriter(Span<byte> destination)
    {
        _destination = destination;
        _measures = false;
    }

    /// <summary>Bytes written or counted.</summary>
    public int Length { get; private set; }

    public void Nil() => Code(MessagePackCode.Nil);

    public void Boolean(bool value) => Code(value ? MessagePackCode.True : MessagePackCode.False);

    public void Array(int count)
    {
        if (count <= 15)
            Code((byte)(MessagePackCode.MinFixArray | count));
        else if (count <= ushort.MaxValue)
            Number16(MessagePackCode.Array16, (ushort)count);
        else
            Number32(MessagePackCode.Array32, (uint)count);
    }

    public void Map(int count)
    {
        if (count <= 15)
            Code((byte)(MessagePackCode.MinFixMap | count));
        else
            Number16(MessagePackCode.Map16, checked((ushort)count));
    }

    public void Unsigned(ulong value)
    {
        if (value <= 0x7f)
            Code((byte)value);
        else if (value <= byte.MaxValue)
            Number8(MessagePackCode.UInt8, (byte)value);
        else if (value <= ushort.MaxValue)
            Number16(MessagePackCode.UInt16, (ushort)value);
        else if (value <= uint.MaxValue)
            Number32(MessagePackCode.UInt32, (uint)value);
        else
            Number64(MessagePackCode.UInt64, value);
    }

    public void Integer(long value)
    {
        if (value >= 0)
            Unsigned((ulong)value);
        else if (value >= -32)
            Code((byte)value);
        else if (value >= sbyte.MinValue)
            Number8(MessagePackCode.Int8, (byte)value);
        else if (value >= short.MinValue)
            Number16(MessagePackCode.Int16, (ushort)value);
        else if (value >= int.MinValue)
            Number32(MessagePackCode.Int32, (uint)value);
        else
            Number64(MessagePackCode.Int64, (ulong)value);
    }

    public void Float(float value) => Number32(MessagePackCode.Float32, FloatBits.Of(value));

    public void Binary(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= byte.MaxValue)
            Number8(MessagePackCode.Bin8, (byte)bytes.Length);
        else if (bytes.Length <= ushort.MaxValue)
            Number16(MessagePackCode.Bin16, (ushort)bytes.Length);
        else
            Number32(MessagePackCode.Bin32, (uint)bytes.Length);
        Encoded(bytes);
    }

    /// <summary>Bytes that are MessagePack already.</summary>
    public void Encoded(ReadOnlySpan<byte> bytes)
    {
        if (!_measures)
            bytes.CopyTo(_destination.Slice(Length));
        Length = checked(Length + bytes.Length);
    }

    private void Code(byte code)
    {
        if (!_measures)
            _destination[Length] = code;
        Length++;
    }

    private void Number8(byte code, byte value)
    {
        Code(code);
        Code(value);
    }

    private void Number16(byte code, ushort value)
    {
        Code(code);
        if (!_measures)
            BinaryPrimitives.WriteUInt16BigEndian(_destination.Slice(Length), value);
        Length += sizeof(ushort);
    }

    private void Number32(byte code, uint value)
    {
        Code(code);
        if (!_measures)
            BinaryPrimitives.WriteUInt32BigEndian(_destination.Slice(Length), value);
        Length += sizeof(uint);
    }

    private void Number64(byte code, ulong value)
    {
        Code(code);
        if (!_measures)
            BinaryPrimitives.WriteUInt64BigEndian(_destination.Slice(Length), value);
        Length += sizeof(ulong);
    }
}
