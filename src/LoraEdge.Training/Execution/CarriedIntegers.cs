using LoraEdge.Onnx;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Finds the quantized activations that are carried as floats with integer values, because integer tensors have no gradient:
/// from the operator that quantizes them to those that turn them into real numbers again, through what only moves them about.
/// Results are the same; see docs/decisions/0007-straight-through.md.
/// </summary>
internal static class CarriedIntegers
{
    /// <summary>Operators that read integers carried as floats, and at which inputs.</summary>
    private static readonly Dictionary<string, int[]> s_readers = new(StringComparer.Ordinal)
    {
        ["DequantizeLinear"] = [0],
        ["com.microsoft.DequantizeLinear"] = [0],
        ["MatMulInteger"] = [0, 1],
        ["ConvInteger"] = [0],
        ["QLinearMatMul"] = [0, 3],
        ["QLinearConv"] = [0],
        ["com.microsoft.MatMulIntegerToFloat"] = [0, 1],
        ["com.microsoft.QLinearAdd"] = [0, 3],
        ["com.microsoft.QLinearMul"] = [0, 3],
    };

    /// <summary>Operators that move the elements of their first input about, whatever they are.</summary>
    private static readonly HashSet<string> s_movers = new(StringComparer.Ordinal)
    {
        "Identity", "Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Expand", "Slice", "Gather", "Split", "MaxPool", "DepthToSpace", "SpaceToDepth",
    };

    private static readonly HashSet<string> s_quantizers = new(StringComparer.Ordinal)
    {
        "QuantizeLinear", "com.microsoft.QuantizeLinear", "DynamicQuantizeLinear", "QLinearMatMul", "QLinearConv", "com.microsoft.QLinearAdd", "com.microsoft.QLinearMul",
    };

    /// <summary>Names of the values to carry.</summary>
    /// <param name="nodes">The nodes to run, in order.</param>
    /// <param name="wanted">Values that must have their own type.</param>
    public static ISet<string> Find(IReadOnlyList<PlannedNode> nodes, IReadOnlyList<string> wanted)
    {
        HashSet<string> acceptable = Acceptable(nodes, wanted);
        var carried = new HashSet<string>(StringComparer.Ordinal);
        foreach (PlannedNode node in nodes)
        {
            if (s_quantizers.Contains(NameOf(node)) || IsProductOfCarried(node, carried))
                carried.UnionWith(node.Outputs.Take(1).Where(acceptable.Contains));
            else if (s_movers.Contains(NameOf(node)) && node.Inputs.Count > 0 && carried.Contains(node.Inputs[0]))
                carried.UnionWith(node.Outputs.Where(acceptable.Contains));
        }

        return carried;
    }

    /// <summary>Values whose every reader can take floats for integers.</summary>
    private static HashSet<string> Acceptable(IReadOnlyList<PlannedNode> nodes, IReadOnlyList<string> wanted)
    {
        HashSet<string> refused = [.. wanted, .. nodes.SelectMany(node => node.Node.CapturedValues)];
        var acceptable = new HashSet<string>(StringComparer.Ordinal);
        foreach (PlannedNode node in nodes.Reverse())
        {
            acceptable.UnionWith(node.Outputs.Where(name => name.Length > 0 && !refused.Contains(name)));
            bool moves = s_movers.Contains(NameOf(node)) && node.Outputs.All(name => name.Length == 0 || acceptable.Contains(name));
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (!Reads(node, i) && !(moves && i == 0))
                    refused.Add(node.Inputs[i]);
            }
        }

        return acceptable;
    }

    private static bool Reads(PlannedNode node, int input) =>
        (s_readers.TryGetValue(NameOf(node), out int[]? inputs) && inputs.Contains(input)) || (NameOf(node) == "Cast" && IsToFloats(node.Node));

    private static bool IsToFloats(OnnxNode cast) =>
        cast.GetInt("to", 0) is OnnxDataType.Float or OnnxDataType.Double or OnnxDataType.Float16 or OnnxDataType.BFloat16;

    private static bool IsProductOfCarried(PlannedNode node, HashSet<string> carried) =>
        NameOf(node) is "MatMulInteger" or "ConvInteger" && node.Inputs.Take(2).Any(carried.Contains);

    private static string NameOf(PlannedNode node) => node.Node.Domain.Length == 0 ? node.Node.OpType : $"{node.Node.Domain}.{node.Node.OpType}";
}
