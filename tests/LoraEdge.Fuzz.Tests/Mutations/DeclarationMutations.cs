using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Fuzz.Tests.Mutations;

/// <summary>Declarations that say something else than the nodes do, and other versions of the operators.</summary>
internal static class DeclarationMutations
{
    private static readonly int[] s_types = [1, 1, 1, 2, 3, 5, 6, 7, 7, 9, 10, 11, 16, 0, 8, 4, 12, 13, 17, 99];

    /// <summary>Another shape: other sizes, more or fewer axes, none declared.</summary>
    public static void ChangeShape(ModelProto model, Random random)
    {
        if (Parts.Declaration(model, random)?.Type?.TensorType is not { } tensor)
            return;
        if (random.Percent(10))
            tensor.Shape = null;
        else
            ListMutations.Change((tensor.Shape ??= new TensorShapeProto()).Dim, random, () => Axis(random));
    }

    /// <summary>Another element type, or none.</summary>
    public static void ChangeType(ModelProto model, Random random)
    {
        if (Parts.Declaration(model, random) is not { } value)
            return;
        if (random.Percent(10))
            value.Type = null;
        else if (value.Type?.TensorType is { } tensor)
            tensor.ElemType = random.Pick(s_types);
    }

    /// <summary>Takes an input or an output away, or repeats it.</summary>
    public static void Remove(ModelProto model, Random random)
    {
        IList<ValueInfoProto> list = random.Percent(50) ? model.Graph.Input : model.Graph.Output;
        if (list.Count == 0)
            return;
        if (random.Percent(70))
            list.RemoveAt(random.Next(list.Count));
        else
            list.Add(random.Pick([.. list]).Clone());
    }

    /// <summary>Another name for an input or an output.</summary>
    public static void Rename(ModelProto model, Random random)
    {
        if (Parts.Declaration(model, random) is { } value)
            value.Name = Parts.Name(model.Graph, random);
    }

    /// <summary>Makes an inner value an output.</summary>
    public static void ExposeValue(ModelProto model, Random random) => model.Graph.Output.Add(new ValueInfoProto
    {
        Name = Parts.Name(model.Graph, random),
        Type = random.Percent(20) ? null : new TypeProto { TensorType = new() { ElemType = random.Pick(s_types) } },
    });

    /// <summary>Gives an input a constant value, so that whatever depends on it alone is folded.</summary>
    public static void InputBecomesConstant(ModelProto model, Random random)
    {
        ValueInfoProto[] inputs = [.. model.Graph.Input.Where(input => OnnxDataType.BitsOf(input.Type?.TensorType?.ElemType ?? 0) >= 8)];
        if (inputs.Length == 0)
            return;
        ValueInfoProto input = random.Pick(inputs);
        var tensor = new TensorProto { Name = input.Name, DataType = input.Type.TensorType.ElemType };
        tensor.Dims.AddRange((input.Type.TensorType.Shape ?? new()).Dim.Select(axis => axis.DimValue is > 0 and < 20 ? axis.DimValue : random.Next(1, 4)));
        long count = tensor.Dims.Aggregate(1L, (product, size) => product * size);
        if (count > 1_000_000)
            return;
        byte[] raw = new byte[count * OnnxDataType.BitsOf(tensor.DataType) / 8];
        if (random.Percent(70))
            TensorValues.Fill(raw, tensor.DataType, random);
        tensor.RawData = ByteString.CopyFrom(raw);
        model.Graph.Initializer.Add(tensor);
        if (random.Percent(80))
            model.Graph.Input.Remove(input);
    }

    /// <summary>Lets the caller feed what was a constant.</summary>
    public static void ConstantBecomesInput(ModelProto model, Random random)
    {
        if (model.Graph.Initializer.Count == 0)
            return;
        TensorProto tensor = random.Pick(model.Graph.Initializer);
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(tensor.Dims.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        model.Graph.Input.Add(new ValueInfoProto { Name = tensor.Name, Type = new TypeProto { TensorType = new() { ElemType = tensor.DataType, Shape = random.Percent(30) ? null : shape } } });
        if (random.Percent(80))
            model.Graph.Initializer.Remove(tensor);
    }

    /// <summary>Another version of an operator set or of the file format.</summary>
    public static void ChangeOpset(ModelProto model, Random random)
    {
        if (random.Percent(20))
            model.IrVersion = random.Percent(80) ? random.Next(0, 14) : random.OddInteger();
        else if (model.OpsetImport.Count > 0)
            random.Pick(model.OpsetImport).Version = random.Percent(85) ? random.Next(1, 27) : random.OddInteger();
    }

    private static TensorShapeProto.Types.Dimension Axis(Random random) => random.Percent(20)
        ? new() { DimParam = random.Pick(["batch", "length", "n", ""]) }
        : new() { DimValue = random.OddInteger() };
}
