using System.Buffers.Binary;
using Google.Protobuf;
using Google.Protobuf.Collections;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Fuzz.Tests;

/// <summary>Damage to constants and declarations.</summary>
internal static class TensorMutation
{
    public static string? SwapShapes(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { } one || Pick(model, random) is not { } other)
            return null;
        long[] dims = [.. one.Dims];
        if (ReferenceEquals(one, other))
        {
            Replace(one.Dims, dims.Reverse());
            return $"shape of '{one.Name}' reversed";
        }

        Replace(one.Dims, other.Dims.ToArray());
        Replace(other.Dims, dims);
        return $"shapes of '{one.Name}' and '{other.Name}' swapped";
    }

    public static string? ChangeSize(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { Dims.Count: > 0 } tensor)
            return null;
        int axis = random.Next(tensor.Dims.Count);
        tensor.Dims[axis] = random.Integer();
        // Often with as many bytes as that takes, so that more than the reader is tried.
        if (random.Next(2) == 0)
            Fill(tensor, random);
        return $"size {tensor.Dims[axis]} in '{tensor.Name}'";
    }

    public static string? ChangeRank(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { } tensor)
            return null;
        int rank = random.Next(3) == 0 ? 70 : random.Next(6);
        while (tensor.Dims.Count > rank)
            tensor.Dims.RemoveAt(tensor.Dims.Count - 1);
        while (tensor.Dims.Count < rank)
            tensor.Dims.Insert(0, 1);
        Fill(tensor, random);
        return $"rank {rank} of '{tensor.Name}'";
    }

    public static string? ChangeType(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { } tensor)
            return null;
        tensor.DataType = random.Next(25);
        if (random.Next(2) == 0)
            Fill(tensor, random);
        return $"type {tensor.DataType} of '{tensor.Name}'";
    }

    public static string? ChangeValue(ModelProto model, Random random)
    {
        if (Pick(model, random) is not { } tensor)
            return null;
        float[] floats = [0, float.NaN, float.PositiveInfinity, float.NegativeInfinity, -1, 1e30f, 1e-30f, 0.5f];
        (long integer, float real) = (random.Integer(), floats[random.Next(floats.Length)]);
        if (tensor.Int64Data.Count > 0)
            tensor.Int64Data[random.Next(tensor.Int64Data.Count)] = integer;
        else if (tensor.Int32Data.Count > 0)
            tensor.Int32Data[random.Next(tensor.Int32Data.Count)] = unchecked((int)integer);
        else if (tensor.FloatData.Count > 0)
            tensor.FloatData[random.Next(tensor.FloatData.Count)] = real;
        else
            ChangeRaw(tensor, random, integer, real);
        return $"value {integer} or {real} in '{tensor.Name}'";
    }

    public static string? Remove(ModelProto model, Random random)
    {
        RepeatedField<TensorProto> all = model.Graph.Initializer;
        if (random.Any(all) is not { } tensor)
            return null;
        all.Remove(tensor);
        return $"'{tensor.Name}' taken out";
    }

    public static string? ChangeDeclaredSize(ModelProto model, Random random)
    {
        if (Declared(model, random) is not { Shape.Dim.Count: > 0 } type)
            return null;
        long size = random.Integer();
        type.Shape.Dim[random.Next(type.Shape.Dim.Count)].DimValue = size;
        return $"declared size {size}";
    }

    public static string? ChangeDeclaredRank(ModelProto model, Random random)
    {
        if (Declared(model, random) is not { } type)
            return null;
        int rank = random.Next(6) == 0 ? 70 : random.Next(6);
        type.Shape = new TensorShapeProto();
        for (int axis = 0; axis < rank; axis++)
            type.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = rank > 6 ? 1 : random.Next(1, 5) });
        return $"declared rank {rank}";
    }

    public static string? ChangeDeclaredType(ModelProto model, Random random)
    {
        if (Declared(model, random) is not { } type)
            return null;
        type.ElemType = random.Next(18);
        return $"declared type {type.ElemType}";
    }

    /// <summary>Constants that attributes hold among them.</summary>
    private static TensorProto? Pick(ModelProto model, Random random) =>
        random.Any([.. model.Graph.Initializer, .. model.Graph.Node.SelectMany(node => node.Attribute).Where(attribute => attribute.T is not null).Select(attribute => attribute.T)]);

    private static TypeProto.Types.Tensor? Declared(ModelProto model, Random random) =>
        random.Any([.. model.Graph.Input, .. model.Graph.Input, .. model.Graph.Output])?.Type?.TensorType;

    private static void ChangeRaw(TensorProto tensor, Random random, long integer, float real)
    {
        byte[] raw = tensor.RawData.ToByteArray();
        if (tensor.DataType == OnnxDataType.Int64 && raw.Length >= 8)
            BinaryPrimitives.WriteInt64LittleEndian(raw.AsSpan(random.Next(raw.Length / 8) * 8), integer);
        else if (raw.Length >= 4)
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(random.Next(raw.Length / 4) * 4), real);
        else if (raw.Length > 0)
            raw[random.Next(raw.Length)] = (byte)integer;
        tensor.RawData = ByteString.CopyFrom(raw);
    }

    private static void Fill(TensorProto tensor, Random random)
    {
        double count = tensor.Dims.Aggregate(1.0, (product, size) => product * size);
        if (count is < 0 or > 100_000 || tensor.Dims.Any(size => size < 0))
            return;
        int width = tensor.DataType switch { 1 or 6 or 12 => 4, 7 or 11 or 13 or 14 => 8, 4 or 5 or 10 or 16 => 2, 15 => 16, _ => 1 };
        var raw = new byte[(int)count * width];
        for (int i = 0; tensor.DataType == 1 && i < (int)count; i++)
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(i * 4), (float)random.NextDouble());
        for (int i = 0; tensor.DataType == 7 && i < (int)count; i++)
            BinaryPrimitives.WriteInt64LittleEndian(raw.AsSpan(i * 8), random.Next(4));
        tensor.FloatData.Clear();
        tensor.Int32Data.Clear();
        tensor.Int64Data.Clear();
        tensor.DoubleData.Clear();
        tensor.RawData = ByteString.CopyFrom(raw);
    }

    private static void Replace(RepeatedField<long> dims, IEnumerable<long> with)
    {
        long[] copy = [.. with];
        dims.Clear();
        dims.AddRange(copy);
    }
}
