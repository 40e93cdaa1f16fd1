using System.Buffers.Binary;
using Google.Protobuf;
using Google.Protobuf.Collections;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>The elements of a checked tensor as raw little-endian bytes, from whichever of ONNX's typed fields holds them.</summary>
internal static class TensorBytes
{
    public static byte[] FromTyped(TensorProto tensor) => tensor.DataType switch
    {
        OnnxDataType.String => FromStrings(tensor.StringData),
        OnnxDataType.Float or OnnxDataType.Complex64 => Copy(tensor.FloatData, sizeof(float)),
        OnnxDataType.Double or OnnxDataType.Complex128 => Copy(tensor.DoubleData, sizeof(double)),
        OnnxDataType.Int64 => Copy(tensor.Int64Data, sizeof(long)),
        OnnxDataType.UInt64 => Copy(tensor.Uint64Data, sizeof(ulong)),
        OnnxDataType.UInt32 => FromUInt64(tensor.Uint64Data),
        _ => FromInt32(tensor.Int32Data, TensorLayout.BytesPerInt32Entry(tensor.DataType)),
    };

    private static byte[] Copy<T>(RepeatedField<T> values, int size)
        where T : unmanaged
    {
        var typed = new T[values.Count];
        values.CopyTo(typed, 0);
        var bytes = new byte[typed.Length * size];
        Buffer.BlockCopy(typed, 0, bytes, 0, bytes.Length);
        return bytes;
    }

    private static byte[] FromUInt64(RepeatedField<ulong> values)
    {
        var bytes = new byte[values.Count * sizeof(uint)];
        for (int i = 0; i < values.Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), (uint)values[i]);
        return bytes;
    }

    private static byte[] FromInt32(RepeatedField<int> values, int size)
    {
        var bytes = new byte[values.Count * size];
        for (int i = 0; i < values.Count; i++)
        {
            for (int k = 0; k < size; k++)
                bytes[(i * size) + k] = (byte)(values[i] >> (8 * k));
        }

        return bytes;
    }

    private static byte[] FromStrings(RepeatedField<ByteString> values)
    {
        var bytes = new byte[values.Sum(value => sizeof(int) + value.Length)];
        int at = 0;
        foreach (ByteString value in values)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value.Length);
            value.Span.CopyTo(bytes.AsSpan(at + sizeof(int)));
            at += sizeof(int) + value.Length;
        }

        return bytes;
    }
}
