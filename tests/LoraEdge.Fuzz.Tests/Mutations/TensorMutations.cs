using System.Runtime.InteropServices;
using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Fuzz.Tests.Mutations;

/// <summary>Constants with other values, shapes and types; most of them still whole tensors, so that a later stage must notice.</summary>
internal static class TensorMutations
{
    private static readonly int[] s_types = [1, 1, 2, 3, 4, 5, 6, 7, 7, 9, 10, 11, 12, 13, 16, 8, 14, 17, 22, 99];

    /// <summary>One of the mutations below, on one tensor.</summary>
    public static void Change(TensorProto tensor, Random random)
    {
        switch (random.Next(6))
        {
            case < 2: ChangeValues(tensor, random); break;
            case 2: SwapShape(tensor, random); break;
            case 3: Resize(tensor, random); break;
            case 4: ListMutations.Change(tensor.Dims, random, random.OddInteger); break;
            default: ChangeType(tensor, random); break;
        }
    }

    /// <summary>Other elements: odd ones, or all zero.</summary>
    public static void ChangeValues(ModelProto model, Random random) => With(model, random, ChangeValues);

    /// <summary>Axes in another order, split or joined: as many elements as before.</summary>
    public static void SwapShape(ModelProto model, Random random) => With(model, random, SwapShape);

    /// <summary>Two tensors with each other's shape.</summary>
    public static void ExchangeShapes(ModelProto model, Random random)
    {
        if (Parts.Tensor(model, random) is not { } one || Parts.Tensor(model, random) is not { } other || ReferenceEquals(one, other))
            return;
        long[] dims = [.. one.Dims], others = [.. other.Dims];
        one.Dims.Clear();
        one.Dims.AddRange(others);
        other.Dims.Clear();
        other.Dims.AddRange(dims);
    }

    /// <summary>Fewer or more elements, and a shape that goes with them.</summary>
    public static void Resize(ModelProto model, Random random) => With(model, random, Resize);

    /// <summary>A shape that does not go with the elements.</summary>
    public static void ChangeDims(ModelProto model, Random random) => With(model, random, (tensor, draws) => ListMutations.Change(tensor.Dims, draws, draws.OddInteger));

    /// <summary>Another element type, with or without the elements that go with it.</summary>
    public static void ChangeType(ModelProto model, Random random) => With(model, random, ChangeType);

    /// <summary>Takes an initializer away, or its name.</summary>
    public static void Remove(ModelProto model, Random random)
    {
        if (model.Graph.Initializer.Count == 0)
            return;
        int at = random.Next(model.Graph.Initializer.Count);
        if (random.Percent(80))
            model.Graph.Initializer.RemoveAt(at);
        else
            model.Graph.Initializer[at].Name = random.Percent(50) ? "" : "another name";
    }

    private static void With(ModelProto model, Random random, Action<TensorProto, Random> change)
    {
        if (Parts.Tensor(model, random) is { } tensor)
            change(tensor, random);
    }

    private static void ChangeValues(TensorProto tensor, Random random)
    {
        byte[] raw = Raw(tensor);
        for (int count = random.Percent(20) ? raw.Length : random.Next(1, 4); count > 0 && raw.Length > 0; count--)
        {
            byte[] element = Element(tensor.DataType, random);
            if (element.Length <= raw.Length)
                element.CopyTo(raw, random.Next(raw.Length / element.Length) * element.Length);
        }

        if (random.Percent(10))
            Array.Clear(raw);
        SetRaw(tensor, raw);
    }

    private static byte[] Element(int type, Random random) => type switch
    {
        1 => BitConverter.GetBytes(random.OddFloat()),
        11 => BitConverter.GetBytes((double)random.OddFloat()),
        10 => BitConverter.GetBytes((Half)random.OddFloat()),
        7 or 13 => BitConverter.GetBytes(random.OddInteger()),
        6 or 12 => BitConverter.GetBytes(unchecked((int)random.OddInteger())),
        5 or 4 => BitConverter.GetBytes(unchecked((short)random.OddInteger())),
        _ => [unchecked((byte)random.OddInteger())],
    };

    private static void SwapShape(TensorProto tensor, Random random)
    {
        if (tensor.Dims.Count > 1 && random.Percent(60))
        {
            ListMutations.Swap(tensor.Dims, random);
            return;
        }

        int at = random.Next(tensor.Dims.Count + 1);
        if (random.Percent(40))
            tensor.Dims.Insert(at, 1);
        else if (tensor.Dims.Count > 1)
            (tensor.Dims[0], _) = (tensor.Dims[0] * tensor.Dims[1], Removed(tensor.Dims, 1));
        else if (tensor.Dims.Count == 1 && tensor.Dims[0] == 1)
            tensor.Dims.Clear();
    }

    private static long Removed(IList<long> list, int at)
    {
        long value = list[at];
        list.RemoveAt(at);
        return value;
    }

    private static void Resize(TensorProto tensor, Random random)
    {
        int bits = OnnxDataType.BitsOf(tensor.DataType);
        if (bits < 8)
            return;
        byte[] raw = Raw(tensor);
        if (random.Percent(15))
            tensor.Dims.Add(random.Next(3));
        else if (tensor.Dims.Count > 0)
            tensor.Dims[random.Next(tensor.Dims.Count)] = random.Next(7);
        double count = tensor.Dims.Aggregate(1.0, (product, size) => product * size);
        if (count is < 0 or > 1_000_000)
            return;
        byte[] resized = new byte[(int)count * bits / 8];
        for (int i = 0; i < resized.Length && raw.Length > 0; i++)
            resized[i] = raw[i % raw.Length];
        SetRaw(tensor, resized);
    }

    private static void ChangeType(TensorProto tensor, Random random)
    {
        int bits = OnnxDataType.BitsOf(tensor.DataType), type = random.Pick(s_types);
        byte[] raw = Raw(tensor);
        tensor.DataType = type;
        if (bits < 8 || random.Percent(20))
            return;
        int width = OnnxDataType.BitsOf(type) / 8, old = bits / 8;
        if (width == 0)
            return;
        byte[] changed = new byte[raw.Length / old * width];
        for (int i = 0; i < raw.Length / old; i++)
            raw.AsSpan(i * old, Math.Min(old, width)).CopyTo(changed.AsSpan(i * width));
        SetRaw(tensor, changed);
    }

    private static byte[] Raw(TensorProto tensor)
    {
        if (tensor.RawData.Length > 0)
            return tensor.RawData.ToByteArray();
        return tensor.DataType == OnnxDataType.String || OnnxDataType.BitsOf(tensor.DataType) < 8 ? [] : TensorBytes.FromTyped(tensor);
    }

    private static void SetRaw(TensorProto tensor, byte[] raw)
    {
        if (tensor.DataType == OnnxDataType.String)
            return;
        tensor.FloatData.Clear();
        tensor.Int32Data.Clear();
        tensor.Int64Data.Clear();
        tensor.DoubleData.Clear();
        tensor.Uint64Data.Clear();
        tensor.RawData = ByteString.CopyFrom(raw);
    }
}
