using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>How many elements and bytes a tensor must have, checked against what the file gives before anything is allocated.</summary>
internal static class TensorLayout
{
    /// <summary>Largest tensor in bytes: the largest array of .NET.</summary>
    public const long MaxBytes = 0x7FFFFFC7;

    private const int MaxRank = 64;

    /// <summary>Elements of a shape.</summary>
    /// <exception cref="ModelFormatException">A size is negative, there are very many axes, or the product exceeds 64 bits.</exception>
    public static long Count(TensorProto tensor, string model)
    {
        if (tensor.Dims.Count > MaxRank)
            throw Malformed(tensor, model, $"has {tensor.Dims.Count} axes, and LoraEdge reads at most {MaxRank}");
        if (tensor.Dims.Any(size => size < 0))
            throw Malformed(tensor, model, $"has the shape {ShapeOf(tensor)}, but sizes cannot be negative");
        if (tensor.Dims.Contains(0))
            return 0;
        long count = 1;
        foreach (long size in tensor.Dims)
        {
            if (count > long.MaxValue / size)
                throw Malformed(tensor, model, $"has the shape {ShapeOf(tensor)}, more elements than any file can hold");
            count *= size;
        }

        return count;
    }

    /// <summary>Bytes of the raw form; only meaningful for types other than strings.</summary>
    /// <exception cref="ModelFormatException">The type is not known, or the bytes exceed <see cref="MaxBytes"/>.</exception>
    public static int RawLength(TensorProto tensor, string model)
    {
        int bits = OnnxDataType.BitsOf(tensor.DataType);
        if (bits == 0)
            throw Malformed(tensor, model, $"has the element type {tensor.DataType}, which is not one of ONNX's types that LoraEdge can read");
        long count = Count(tensor, model);
        if (count > MaxBytes * 8 / bits)
            throw Malformed(tensor, model, $"of {OnnxDataType.NameOf(tensor.DataType)} and shape {ShapeOf(tensor)} is larger than 2 GB, the most that one tensor may take");
        return (int)(((count * bits) + 7) / 8);
    }

    /// <summary>Checks that exactly one storage form is used and that its length is what type and shape ask for.</summary>
    /// <exception cref="ModelFormatException">It is not.</exception>
    public static void Check(TensorProto tensor, string model)
    {
        if (tensor.Segment is not null)
            throw Malformed(tensor, model, "is stored in segments, which LoraEdge does not read; save it in one piece");
        if (tensor.DataType == OnnxDataType.String)
            CheckEntries(tensor, model, tensor.StringData.Count, Count(tensor, model), "string_data");
        else if (tensor.RawData.Length > 0)
            CheckEntries(tensor, model, tensor.RawData.Length, RawLength(tensor, model), "raw_data");
        else
            CheckTyped(tensor, model);
        int forms = new[]
        {
            tensor.RawData.Length, tensor.FloatData.Count, tensor.Int32Data.Count, tensor.Int64Data.Count,
            tensor.DoubleData.Count, tensor.Uint64Data.Count, tensor.StringData.Count,
        }.Count(length => length > 0);
        if (forms > 1)
            throw Malformed(tensor, model, "stores its elements in more than one field, so that it is unclear which ones count");
    }

    private static string ShapeOf(TensorProto tensor) => $"[{string.Join(",", tensor.Dims)}]";

    private static void CheckTyped(TensorProto tensor, string model)
    {
        int length = RawLength(tensor, model);
        switch (tensor.DataType)
        {
            case OnnxDataType.Float or OnnxDataType.Complex64:
                CheckEntries(tensor, model, tensor.FloatData.Count, length / 4, "float_data");
                break;
            case OnnxDataType.Double or OnnxDataType.Complex128:
                CheckEntries(tensor, model, tensor.DoubleData.Count, length / 8, "double_data");
                break;
            case OnnxDataType.Int64:
                CheckEntries(tensor, model, tensor.Int64Data.Count, length / 8, "int64_data");
                break;
            case OnnxDataType.UInt32 or OnnxDataType.UInt64:
                CheckEntries(tensor, model, tensor.Uint64Data.Count, length / (tensor.DataType == OnnxDataType.UInt32 ? 4 : 8), "uint64_data");
                break;
            default:
                CheckEntries(tensor, model, tensor.Int32Data.Count, length / BytesPerInt32Entry(tensor.DataType), "int32_data");
                break;
        }
    }

    /// <summary>Bytes of the raw form that one entry of <c>int32_data</c> stands for; packed types put one byte in an entry.</summary>
    public static int BytesPerInt32Entry(int dataType) => Math.Max(1, OnnxDataType.BitsOf(dataType) / 8);

    private static void CheckEntries(TensorProto tensor, string model, long found, long expected, string field)
    {
        if (found != expected)
        {
            throw Malformed(tensor, model, $"of {OnnxDataType.NameOf(tensor.DataType)} and shape {ShapeOf(tensor)} needs "
                + $"{expected} {(field == "raw_data" ? "bytes" : "entries")} in {field}, but the file gives {found}");
        }
    }

    private static ModelFormatException Malformed(TensorProto tensor, string model, string what) =>
        new($"{model}: the tensor '{tensor.Name}' {what}. Export the model again, or fetch the file again if it was copied.");
}
