using System.Runtime.InteropServices;

namespace LoraEdge.Onnx;

/// <summary>
/// Ranks of a graph's values, as far as they follow from constants, declared inputs and what operators make of those. A rank that
/// is known here is the rank at run time; what is not known may be anything.
/// </summary>
internal sealed class ValueRanks
{
    private static readonly HashSet<string> s_keepers = new(StringComparer.Ordinal)
    {
        "Abs", "AveragePool", "BatchNormalization", "Cast", "Ceil", "Celu", "Clip", "Concat", "Conv", "ConvInteger", "ConvTranspose", "Cos", "CumSum", "DepthToSpace", "DequantizeLinear",
        "Dropout", "DynamicQuantizeLinear", "Elu", "Erf", "Exp", "Floor", "Gelu", "GlobalAveragePool", "GlobalMaxPool", "GroupNormalization", "HardSigmoid", "HardSwish", "Hardmax",
        "Identity", "InstanceNormalization", "LRN", "LayerNormalization", "LeakyRelu", "Log", "LogSoftmax", "LpNormalization", "LpPool", "MaxPool", "MeanVarianceNormalization", "Mish",
        "Neg", "Not", "Pad", "QLinearConv", "QuantizeLinear", "Reciprocal", "Relu", "Resize", "Round", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Slice", "Softmax", "Softplus",
        "Softsign", "SpaceToDepth", "Split", "Sqrt", "Swish", "Tanh", "ThresholdedRelu", "Tile", "TopK", "Transpose", "Trilu", "Upsample",
    };

    private static readonly HashSet<string> s_broadcasting = new(StringComparer.Ordinal)
    {
        "Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Mean", "Min", "Mod", "Mul", "Or", "PRelu", "Pow", "Sub", "Sum", "Where", "Xor",
    };

    private readonly OnnxGraph _graph;
    private readonly ValueRanks? _outer;
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);

    /// <summary>Follows a graph's nodes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">The inputs whose declared shapes hold. An empty one may be a scalar, or what exporters write for want of a shape.</param>
    /// <param name="outer">Ranks in the graph around it; null for the main graph.</param>
    public ValueRanks(OnnxGraph graph, IEnumerable<ValueInfo> inputs, ValueRanks? outer = null)
    {
        (_graph, _outer) = (graph, outer);
        foreach (ValueInfo input in inputs.Where(input => input.Shape is { Count: > 0 }))
            _known[input.Name] = input.Shape!.Count;
        foreach (OnnxNode node in graph.Nodes.Where(node => node is { Domain: "", Inputs.Count: > 0 } or { Domain: "com.microsoft", OpType: "MatMulNBits", Inputs.Count: > 0 }))
        {
            if (RankOfResult(node) is not { } rank)
                continue;
            foreach (string output in node.Outputs.Take(node.OpType == "Split" ? int.MaxValue : 1))
                _known[output] = rank;
        }
    }

    /// <summary>The rank of a value; null when it is not known.</summary>
    public int? Of(string value) => _graph.ConstantOf(value) is { } constant ? constant.Dims.Length : _known.TryGetValue(value, out int rank) ? rank : _outer?.Of(value);

    private int? RankOfResult(OnnxNode node)
    {
        if (s_keepers.Contains(node.OpType))
            return Of(node.Inputs[0]);
        if (s_broadcasting.Contains(node.OpType))
            return node.Inputs.Select(Of).Aggregate((int?)0, (most, rank) => most is null || rank is null ? null : Math.Max(most.Value, rank.Value));
        return node.OpType switch
        {
            "Flatten" or "Gemm" => 2,
            "MatMulNBits" => Of(node.Inputs[0]),
            "Gather" when node.Inputs.Count == 2 => Of(node.Inputs[0]) + Of(node.Inputs[1]) - 1,
            "MatMul" when node.Inputs.Count == 2 && Of(node.Inputs[0]) > 1 && Of(node.Inputs[1]) > 1 => Math.Max(Of(node.Inputs[0])!.Value, Of(node.Inputs[1])!.Value),
            "Reshape" when node.Inputs.Count == 2 => _graph.ConstantOf(node.Inputs[1]) is { Dims.Length: 1 } shape ? (int)shape.Count : null,
            "Unsqueeze" => Of(node.Inputs[0]) + AxesOf(node),
            "Squeeze" => Of(node.Inputs[0]) - AxesOf(node),
            _ => node.OpType.StartsWith("Reduce", StringComparison.Ordinal) && node.GetInt("keepdims", 1) != 0 ? Of(node.Inputs[0]) : null,
        };
    }

    /// <summary>How many axes a Squeeze or an Unsqueeze names; null where that is not known, or where it names none, which for a Squeeze means all of size 1, or maybe one of them twice.</summary>
    private int? AxesOf(OnnxNode node)
    {
        long[] axes = [.. node.GetInts("axes") ?? (node.Inputs.Count > 1 && _graph.ConstantOf(node.Inputs[1]) is { DataType: OnnxDataType.Int64 } constant ? MemoryMarshal.Cast<byte, long>(constant.Data.Span).ToArray() : [])];
        bool areDistinct = axes.Distinct().Count() == axes.Length && (axes.All(axis => axis >= 0) || axes.All(axis => axis < 0));
        return axes.Length > 0 && areDistinct ? axes.Length : null;
    }
}
