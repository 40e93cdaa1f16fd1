namespace LoraEdge.Onnx;

/// <summary>
/// Element types of a graph's values, as far as they follow from constants, declared inputs and operators that keep the type or
/// have one of their own. ONNX fixes types before anything runs, so a type that is known here is the type.
/// </summary>
internal sealed class ValueTypes
{
    private static readonly HashSet<string> s_keepers = new(StringComparer.Ordinal)
    {
        "Abs", "Add", "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "Clip", "Compress", "Concat", "CumSum", "DepthToSpace", "Div", "Einsum", "Expand", "Flatten",
        "Gather", "GatherElements", "GatherND", "Gemm", "Identity", "MatMul", "Max", "Min", "Mod", "Mul", "Neg", "Pad", "Pow", "Range", "ReduceL1", "ReduceMax", "ReduceMean", "ReduceMin",
        "ReduceProd", "ReduceSum", "ReduceSumSquare", "Relu", "Reshape", "Resize", "ReverseSequence", "Scatter", "ScatterElements", "ScatterND", "Sign", "Slice", "SpaceToDepth", "Split",
        "Squeeze", "Sub", "Sum", "Tile", "TopK", "Transpose", "Trilu", "Unique", "Unsqueeze", "Upsample",
    };

    private static readonly HashSet<string> s_counters = new(StringComparer.Ordinal) { "ArgMax", "ArgMin", "NonMaxSuppression", "NonZero", "Shape", "Size" };

    private readonly OnnxGraph _graph;
    private readonly ValueTypes? _outer;
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);

    /// <summary>Follows a graph's nodes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="outer">Types in the graph around it; null for the main graph.</param>
    public ValueTypes(OnnxGraph graph, ValueTypes? outer = null)
    {
        (_graph, _outer) = (graph, outer);
        foreach (ValueInfo input in graph.Inputs.Where(input => input.ElementType != 0))
            _known[input.Name] = input.ElementType;
        foreach (OnnxNode node in graph.Nodes.Where(node => node.Domain.Length == 0))
        {
            for (int output = 0; output < node.Outputs.Count; output++)
            {
                if (TypeOf(node, output) is { } type)
                    _known[node.Outputs[output]] = type;
            }
        }
    }

    /// <summary>The element type of a value, see <see cref="OnnxDataType"/>; null when it is not known.</summary>
    public int? Of(string value) => _graph.ConstantOf(value) is { } constant ? constant.DataType : _known.TryGetValue(value, out int type) ? type : _outer?.Of(value);

    private int? TypeOf(OnnxNode node, int output) => node.OpType switch
    {
        "MaxPool" or "TopK" or "Unique" when output > 0 => OnnxDataType.Int64,
        "Constant" when node.HasAttribute("value_int") || node.HasAttribute("value_ints") => OnnxDataType.Int64,
        "ConstantOfShape" => node.GetTensor("value")?.DataType ?? OnnxDataType.Float,
        "Cast" => (int)node.GetInt("to", 0),
        "CastLike" => OfInput(node, 1),
        "OneHot" => OfInput(node, 2),
        "Where" => OfInput(node, 1) ?? OfInput(node, 2),
        _ when s_counters.Contains(node.OpType) => OnnxDataType.Int64,
        _ => s_keepers.Contains(node.OpType) ? OfInput(node, 0) : null,
    };

    private int? OfInput(OnnxNode node, int slot) => slot < node.Inputs.Count && node.Inputs[slot].Length > 0 ? Of(node.Inputs[slot]) : null;
}
