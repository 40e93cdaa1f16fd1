using System.Runtime.InteropServices;

namespace LoraEdge.Onnx;

/// <summary>
/// Which values have the batch as their first axis, as far as that follows from the inputs and from what operators do with axes.
/// The batch is the first axis of the first input that has axes, and of every input that names its first axis alike.
/// </summary>
internal sealed class BatchRows
{
    private static readonly HashSet<string> s_keepers = new(StringComparer.Ordinal)
    {
        "Abs", "AveragePool", "BatchNormalization", "Cast", "Celu", "Clip", "Conv", "Dropout", "DynamicQuantizeLinear", "Elu", "Erf", "Exp", "Gelu", "GlobalAveragePool", "GlobalMaxPool",
        "GroupNormalization", "HardSigmoid", "HardSwish", "Identity", "InstanceNormalization", "LayerNormalization", "LeakyRelu", "Log", "LRN", "MaxPool", "Mish", "Neg", "Reciprocal", "Relu",
        "Selu", "Sigmoid", "Sign", "Softplus", "Softsign", "Sqrt", "Swish", "Tanh", "ThresholdedRelu",
    };

    private static readonly HashSet<string> s_broadcasting = new(StringComparer.Ordinal) { "Add", "Div", "Max", "Min", "Mul", "Pow", "PRelu", "Sub", "Sum", "Where" };

    private readonly OnnxGraph _graph;
    private readonly ValueRanks _ranks;
    private readonly TrailingSizes _sizes;
    private readonly HashSet<string> _led = new(StringComparer.Ordinal);

    /// <summary>Follows a graph's nodes.</summary>
    public BatchRows(OnnxGraph graph)
    {
        _graph = graph;
        _ranks = new ValueRanks(graph, graph.Inputs);
        _sizes = new TrailingSizes(graph);
        ValueInfo? first = graph.Inputs.FirstOrDefault(input => input.Shape is { Count: > 0 });
        foreach (ValueInfo input in graph.Inputs.Where(input => input == first || (input.Shape is { Count: > 0 } shape && shape[0] != default && shape[0] == first?.Shape![0])))
            _led.Add(input.Name);
        foreach (OnnxNode node in graph.Nodes.Where(node => node is { Domain: "", Inputs.Count: > 0, Outputs.Count: > 0 } or { Domain: "com.microsoft", OpType: "MatMulNBits", Inputs.Count: > 0, Outputs.Count: > 0 }).Where(Keeps))
            _led.UnionWith(node.OpType == "Split" ? node.Outputs : node.Outputs.Take(1));
    }

    /// <summary>How many axes a value has, the first of which is the batch; null where that is not known.</summary>
    public int? AxesOf(string value) => _led.Contains(value) ? _ranks.Of(value) : null;

    private bool Keeps(OnnxNode node)
    {
        string x = node.Inputs[0];
        if (s_broadcasting.Contains(node.OpType))
            return KeepsBroadcasting(node);
        if (node.OpType == "Gather" && node.GetInt("axis", 0) == 0)
            return node.Inputs.Count == 2 && _graph.ConstantOf(x) is not null && AxesOf(node.Inputs[1]) > 0;
        if (AxesOf(x) is not { } axes)
            return false;
        return s_keepers.Contains(node.OpType) || node.OpType switch
        {
            "MatMul" => axes >= 2 && _ranks.Of(node.Inputs[1]) <= axes,
            "MatMulNBits" => axes >= 2,
            "Gemm" => node.GetInt("transA", 0) == 0,
            "Flatten" => node.GetInt("axis", 1) == 1,
            "Reshape" => _sizes.KeepFirstAxis(node),
            "Transpose" => node.GetInts("perm") is { Count: > 0 } perm && perm[0] == 0,
            "Concat" => IsBehindTheFirst(node.GetInt("axis", 0), axes) && node.Inputs.All(input => AxesOf(input) == axes),
            "Gather" or "Split" => IsBehindTheFirst(node.GetInt("axis", 0), axes),
            "Softmax" or "LogSoftmax" => IsBehindTheFirst(node.GetInt("axis", -1), axes),
            "Unsqueeze" or "Squeeze" => Integers(node, "axes", 1) is { Length: > 0 } changed && changed.All(axis => axis > 0),
            "Slice" => Integers(node, "axes", 3) is { Length: > 0 } cut && cut.All(axis => IsBehindTheFirst(axis, axes)),
            _ => node.OpType.StartsWith("Reduce", StringComparison.Ordinal) && Integers(node, "axes", 1) is { Length: > 0 } reduced && reduced.All(axis => IsBehindTheFirst(axis, axes)),
        };
    }

    private bool KeepsBroadcasting(OnnxNode node)
    {
        int most = 0;
        foreach (string input in node.Inputs)
        {
            if (_ranks.Of(input) is not { } rank)
                return false;
            most = Math.Max(most, rank);
        }

        return most > 0 && node.Inputs.Any(input => AxesOf(input) == most);
    }

    private static bool IsBehindTheFirst(long axis, int axes) => axis > 0 || (axis < 0 && axis + axes > 0);

    private long[]? Integers(OnnxNode node, string attribute, int slot) =>
        node.GetInts(attribute) is { } listed ? [.. listed]
            : slot < node.Inputs.Count && _graph.ConstantOf(node.Inputs[slot]) is { DataType: OnnxDataType.Int64 } constant ? MemoryMarshal.Cast<byte, long>(constant.Data.Span).ToArray()
            : null;
}
