using System.Runtime.InteropServices;
using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>A constant tensor of a model: an initializer of its graph, or the value of a node's attribute. Immutable.</summary>
public sealed class Initializer
{
    private byte[]? _converted;

    /// <summary>Wraps a tensor that <see cref="TensorLayout.Check"/> has accepted.</summary>
    internal Initializer(TensorProto proto)
    {
        Proto = proto;
        Name = proto.Name;
        DataType = proto.DataType;
        Dims = [.. proto.Dims];
        Count = Dims.Contains(0) ? 0 : Dims.Aggregate(1L, (count, size) => count * size);
    }

    internal TensorProto Proto { get; }

    /// <summary>Name of the value; may be empty for the value of an attribute.</summary>
    public string Name { get; }

    /// <summary>ONNX <c>TensorProto.DataType</c> number, see <see cref="OnnxDataType"/>.</summary>
    public int DataType { get; }

    /// <summary>Sizes of the axes; empty for a scalar. Not to be changed.</summary>
    public long[] Dims { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>
    /// The elements, row-major, in the raw little-endian form of the specification, whichever field or file they are stored
    /// in. Types below 8 bits are packed, the first element in the lowest bits. Each string is a 4-byte length and its bytes.
    /// </summary>
    public ReadOnlyMemory<byte> Data => Proto.RawData.Length > 0 ? Proto.RawData.Memory : _converted ??= TensorBytes.FromTyped(Proto);

    /// <summary>Reads one serialized <c>TensorProto</c>, as ONNX's conformance cases store their inputs and outputs.</summary>
    /// <param name="bytes">The content of a <c>.pb</c> file; not kept.</param>
    /// <param name="name">What to call the tensor in messages.</param>
    /// <exception cref="ModelFormatException">The bytes are not a tensor, or its elements are not in them.</exception>
    public static Initializer Parse(byte[] bytes, string name)
    {
        try
        {
            TensorProto proto = TensorProto.Parser.ParseFrom(bytes);
            if (proto.DataLocation != 0)
                throw new ModelFormatException($"{name}: the tensor '{proto.Name}' is stored in another file. Store its elements inline.");
            TensorLayout.Check(proto, name);
            return new Initializer(proto);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new ModelFormatException($"{name} is not an ONNX tensor or is truncated ({exception.Message}) Fetch it again.", exception);
        }
    }

    /// <summary>The elements as float32, a new array. float16 and bfloat16 convert exactly, double is rounded.</summary>
    /// <exception cref="NotSupportedException">The elements are not floating-point numbers.</exception>
    public float[] ToFloats()
    {
        ReadOnlySpan<byte> data = Data.Span;
        return DataType switch
        {
            OnnxDataType.Float => MemoryMarshal.Cast<byte, float>(data).ToArray(),
            OnnxDataType.Double => Convert(MemoryMarshal.Cast<byte, double>(data), static value => (float)value),
            OnnxDataType.Float16 => Convert(MemoryMarshal.Cast<byte, ushort>(data), HalfPrecision.FromFloat16),
            OnnxDataType.BFloat16 => Convert(MemoryMarshal.Cast<byte, ushort>(data), HalfPrecision.FromBFloat16),
            _ => throw new NotSupportedException($"The tensor '{Name}' holds {OnnxDataType.NameOf(DataType)}, not floating-point numbers."),
        };
    }

    /// <summary>Integers of 4 bits one to a byte, a new array; signed ones in two's complement.</summary>
    /// <exception cref="NotSupportedException">The elements are others.</exception>
    public byte[] ToBytes()
    {
        if (DataType is not (OnnxDataType.Int4 or OnnxDataType.UInt4))
            throw new NotSupportedException($"The tensor '{Name}' holds {OnnxDataType.NameOf(DataType)}, not integers of 4 bits.");
        ReadOnlySpan<byte> data = Data.Span;
        var bytes = new byte[Count];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = unchecked((byte)NarrowIntegers.At(data, DataType, i));
        return bytes;
    }

    /// <summary>Name, type and shape, for messages.</summary>
    public override string ToString() => $"{Name}: {OnnxDataType.NameOf(DataType)}[{string.Join(",", Dims)}]";

    private static float[] Convert<T>(ReadOnlySpan<T> values, Func<T, float> convert)
    {
        var floats = new float[values.Length];
        for (int i = 0; i < floats.Length; i++)
            floats[i] = convert(values[i]);
        return floats;
    }
}
