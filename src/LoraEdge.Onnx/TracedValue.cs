namespace LoraEdge.Onnx;

/// <summary>A weight, or what nodes that only pass it on make of it.</summary>
/// <param name="Name">Name of the value.</param>
/// <param name="Axes">Axis i of the value is axis <c>Axes[i]</c> of the stored tensor.</param>
/// <param name="DataType">Element type.</param>
internal sealed record TracedValue(string Name, int[] Axes, int DataType)
{
    /// <summary>Whether a Cast to float32 lies between, so that the stored tensor may be float32 as well as 16 bits wide.</summary>
    public bool IsWidened { get; init; }

    /// <summary>The DequantizeLinear on the way; null when there is none.</summary>
    public OnnxNode? Dequantizer { get; init; }

    /// <summary>Axes of the tensor that <see cref="Dequantizer"/> reads, as <see cref="Axes"/>.</summary>
    public int[]? DequantizedAxes { get; init; }

    /// <summary>Whether the axes are stored in this order.</summary>
    public bool IsInOrder => Axes.Select((axis, i) => axis == i).All(same => same);

    /// <summary>The weight itself.</summary>
    public static TracedValue Stored(WeightSource source) =>
        new(source.Name, [.. Enumerable.Range(0, source.Tensor.Dims.Length)], source.Tensor.DataType);

    /// <summary>What a node makes of this as its first input; null when it does more than pass it on.</summary>
    public TracedValue? Behind(OnnxGraph graph, OnnxNode node)
    {
        if (node.Domain.Length > 0 || node.Outputs.Count == 0 || node.Outputs[0].Length == 0)
            return null;
        TracedValue next = this with { Name = node.Outputs[0] };
        return node.OpType switch
        {
            "Identity" => next,
            "Cast" => Cast(next, (int)node.GetInt("to", 0)),
            "Transpose" => Transpose(next, node),
            "DequantizeLinear" when NarrowIntegers.Include(DataType) => next with { DataType = Dequantized(graph, node), Dequantizer = node, DequantizedAxes = Axes },
            _ => null,
        };
    }

    private TracedValue? Cast(TracedValue next, int to) => OnnxDataType.IsAdaptable(DataType) && OnnxDataType.IsAdaptable(to)
        ? next with { DataType = to, IsWidened = IsWidened || to == OnnxDataType.Float }
        : null;

    private TracedValue? Transpose(TracedValue next, OnnxNode node)
    {
        int[] order = node.GetInts("perm") is { } given ? [.. given.Select(axis => axis >= 0 && axis < Axes.Length ? (int)axis : 0)] : [.. Enumerable.Range(0, Axes.Length).Reverse()];
        return order.Length == Axes.Length && order.Distinct().Count() == order.Length
            ? next with { Axes = [.. order.Select(axis => Axes[axis])] }
            : null;
    }

    private static int Dequantized(OnnxGraph graph, OnnxNode node)
    {
        int asked = (int)node.GetInt("output_dtype", 0);
        return asked != 0 ? asked : node.Inputs.Count > 1 && graph.ConstantOf(node.Inputs[1]) is { } scale ? scale.DataType : OnnxDataType.Float;
    }
}
