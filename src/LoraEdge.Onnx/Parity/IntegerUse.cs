using System.Runtime.InteropServices;

namespace LoraEdge.Onnx.Parity;

/// <summary>What operators do with an integer that they read.</summary>
internal static class IntegerUse
{
    /// <summary>The smallest size of an axis that <see cref="ParityInputs"/> leaves nothing known about.</summary>
    private const long UnknownSize = 2;

    /// <summary>Size of the axis that an input of a node indexes; null when it indexes none.</summary>
    public static long? IndexedSize(OnnxGraph graph, OnnxNode node, int slot) => (node.Domain, node.OpType, slot) switch
    {
        ("", "Gather" or "GatherElements" or "ScatterElements" or "Scatter", 1) => AxisSize(graph, node, 0, node.GetInt("axis", 0)),
        ("", "GatherND" or "ScatterND", 1) => DimsOf(graph, node.Inputs[0]) is { Count: > 0 } dims ? dims.Min() : UnknownSize,
        ("", "OneHot", 0) => ConstantInteger(graph, node, 1) ?? UnknownSize,
        ("", "RotaryEmbedding", 3) => AxisSize(graph, node, 1, 0),
        ("com.microsoft", "RotaryEmbedding", 1) => AxisSize(graph, node, 2, 0),
        ("com.microsoft", "EmbedLayerNormalization", 0) => AxisSize(graph, node, 2, 0),
        ("com.microsoft", "EmbedLayerNormalization", 1) => AxisSize(graph, node, 4, 0),
        ("com.microsoft", "EmbedLayerNormalization", 8) => AxisSize(graph, node, 3, 0),
        _ => null,
    };

    /// <summary>Whether an input of a node is a shape, a number of elements, a length or the like.</summary>
    public static bool IsCount(OnnxNode node, int slot) => node.Domain.Length == 0 && node.OpType switch
    {
        "ConstantOfShape" or "Range" => true,
        "Reshape" or "Expand" or "Tile" or "TopK" or "Pad" or "Split" or "OneHot" or "CumSum" or "Squeeze" or "Unsqueeze" or "Trilu" => slot == 1,
        "Slice" or "Resize" => slot > 0,
        "RNN" or "GRU" or "LSTM" => slot == 4,
        _ => false,
    };

    /// <summary>The outputs that carry the integers of an input on, and what is added to them.</summary>
    public static IEnumerable<(string Value, long Added)> PassedOn(OnnxGraph graph, OnnxNode node, int slot)
    {
        long? added = node.Domain.Length > 0 ? null : node.OpType switch
        {
            "Identity" or "Cast" or "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Transpose" or "Slice" or "Gather" or "Expand" or "Tile" or "Split" or "Clip" or "Pad" when slot == 0 => 0,
            "Concat" or "Max" or "Min" => 0,
            "Where" when slot > 0 => 0,
            "Add" => ConstantInteger(graph, node, 1 - slot),
            "Sub" when slot == 0 => -ConstantInteger(graph, node, 1),
            _ => null,
        };
        return added is { } number ? node.Outputs.Select(output => (output, number)) : [];
    }

    private static long AxisSize(OnnxGraph graph, OnnxNode node, int data, long axis)
    {
        if (data >= node.Inputs.Count || DimsOf(graph, node.Inputs[data]) is not { } dims)
            return UnknownSize;
        long counted = axis < 0 ? axis + dims.Count : axis;
        return counted >= 0 && counted < dims.Count ? dims[(int)counted] : UnknownSize;
    }

    /// <summary>Shape of a constant, also behind operators that keep it.</summary>
    private static IReadOnlyList<long>? DimsOf(OnnxGraph graph, string value)
    {
        while (graph.ProducerOf(value) is { OpType: "Identity" or "Cast" or "DequantizeLinear", Domain.Length: 0, Inputs.Count: > 0 } node)
            value = node.Inputs[0];
        return ConstantOf(graph, value)?.Dims;
    }

    private static long? ConstantInteger(OnnxGraph graph, OnnxNode node, int slot) => slot >= 0 && slot < node.Inputs.Count && ConstantOf(graph, node.Inputs[slot]) is { Count: 1 } tensor
        ? tensor.DataType switch
        {
            OnnxDataType.Int64 => MemoryMarshal.Read<long>(tensor.Data.Span),
            OnnxDataType.Int32 => MemoryMarshal.Read<int>(tensor.Data.Span),
            OnnxDataType.Float => (long)MemoryMarshal.Read<float>(tensor.Data.Span),
            _ => null,
        }
        : null;

    private static Initializer? ConstantOf(OnnxGraph graph, string value) =>
        graph.Initializers.GetValueOrNull(value)
        ?? (graph.ProducerOf(value) is { OpType: "Constant", Domain.Length: 0 } node && node.HasAttribute("value") ? node.GetTensor("value") : null);
}
