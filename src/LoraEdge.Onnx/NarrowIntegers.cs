namespace LoraEdge.Onnx;

/// <summary>Integers of 4 and 8 bits in raw form, two of 4 bits to a byte, the first one in the low half.</summary>
internal static class NarrowIntegers
{
    /// <summary>Whether a tensor of this type can hold a weight that is dequantized: int8, uint8, int4 and uint4.</summary>
    public static bool Include(int dataType) => dataType is OnnxDataType.Int8 or OnnxDataType.UInt8 or OnnxDataType.Int4 or OnnxDataType.UInt4;

    /// <summary>An element.</summary>
    /// <param name="data">The raw form.</param>
    /// <param name="dataType">One of the types that <see cref="Include"/> names.</param>
    /// <param name="index">Its index.</param>
    public static int At(ReadOnlySpan<byte> data, int dataType, long index) => dataType switch
    {
        OnnxDataType.Int8 => (sbyte)data[(int)index],
        OnnxDataType.UInt8 => data[(int)index],
        OnnxDataType.Int4 => (sbyte)(Half(data, index) << 4) >> 4,
        _ => Half(data, index),
    };

    private static int Half(ReadOnlySpan<byte> data, long index) => (data[(int)(index >> 1)] >> (int)(4 * (index & 1))) & 15;
}
