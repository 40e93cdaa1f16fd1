using System.Text;

namespace LoraEdge.Onnx.Tests;

/// <summary>Writes protobuf by hand, field number by field number, so that tests do not check the schema against itself.</summary>
internal sealed class Wire
{
    private readonly MemoryStream _bytes = new();

    public Wire Varint(int field, long value) => Number((ulong)field << 3).Number((ulong)value);

    public Wire Float(int field, float value) => Number(((ulong)field << 3) | 5).Append(BitConverter.GetBytes(value));

    public Wire Bytes(int field, params byte[] value) => Number(((ulong)field << 3) | 2).Number((ulong)value.Length).Append(value);

    public Wire Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public Wire Message(int field, Wire value) => Bytes(field, value.ToArray());

    /// <summary>A bare varint, as packed fields hold them.</summary>
    public Wire Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.WriteByte((byte)(value | 0x80));
        _bytes.WriteByte((byte)value);
        return this;
    }

    public byte[] ToArray() => _bytes.ToArray();

    private Wire Append(byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }
}
