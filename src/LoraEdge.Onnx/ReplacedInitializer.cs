using System.Runtime.InteropServices;
using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>Makes an initializer with other values.</summary>
internal static class ReplacedInitializer
{
    /// <summary>The original with its values replaced, rounded once to its element type, or all of them kept in float32.</summary>
    /// <exception cref="ArgumentException">There is no original, it is not of a replaceable type, or the lengths differ.</exception>
    public static Initializer Of(Initializer? original, string name, float[] values, bool asFloat32, string model)
    {
        if (original is null)
            throw new ArgumentException($"{model} has no initializer named '{name}'.");
        if (values.LongLength != original.Count)
            throw new ArgumentException($"The initializer {original} of {model} has {original.Count} elements, but {values.LongLength} values were given.");

        var proto = new TensorProto();
        proto.MergeFrom(original.Proto);
        proto.FloatData.Clear();
        proto.Int32Data.Clear();
        proto.RawData = UnsafeByteOperations.UnsafeWrap(Encode(original, values, asFloat32, model));
        if (asFloat32)
            proto.DataType = OnnxDataType.Float;
        return new Initializer(proto);
    }

    private static byte[] Encode(Initializer original, float[] values, bool asFloat32, string model) => original.DataType switch
    {
        OnnxDataType.Float => MemoryMarshal.AsBytes(values.AsSpan()).ToArray(),
        OnnxDataType.Float16 or OnnxDataType.BFloat16 when asFloat32 => MemoryMarshal.AsBytes(values.AsSpan()).ToArray(),
        OnnxDataType.Float16 => Encode16(values, HalfPrecision.ToFloat16),
        OnnxDataType.BFloat16 => Encode16(values, HalfPrecision.ToBFloat16),
        _ => throw new ArgumentException($"The initializer {original} of {model} cannot take new values: only float32, float16 and bfloat16 can."),
    };

    private static byte[] Encode16(float[] values, Func<float, ushort> encode)
    {
        var bytes = new byte[values.Length * sizeof(ushort)];
        Span<ushort> target = MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan());
        for (int i = 0; i < values.Length; i++)
            target[i] = encode(values[i]);
        return bytes;
    }
}
