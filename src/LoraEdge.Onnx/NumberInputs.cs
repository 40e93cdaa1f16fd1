namespace LoraEdge.Onnx;

/// <summary>Inputs that are one number. Where a constant has none or several, kernels of ONNX Runtime read past it.</summary>
internal static class NumberInputs
{
    private static readonly Dictionary<string, int[]> s_slots = new(StringComparer.Ordinal)
    {
        ["Clip"] = [1, 2],
        ["CumSum"] = [1],
        ["If"] = [0],
        ["Loop"] = [0, 1],
        ["NonMaxSuppression"] = [2, 3, 4],
        ["OneHot"] = [1],
        ["Range"] = [0, 1, 2],
        ["TopK"] = [1],
        ["Trilu"] = [1],
    };

    /// <summary>What is wrong with a node, as the end of a sentence; null when nothing is.</summary>
    public static string? ProblemOf(OnnxGraph graph, OnnxNode node)
    {
        if (node.Domain.Length > 0 || !s_slots.TryGetValue(node.OpType, out int[]? slots))
            return null;
        foreach (int slot in slots.Where(slot => slot < node.Inputs.Count))
        {
            if (graph.ConstantOf(node.Inputs[slot]) is { Count: not 1 } constant)
                return $"needs one number as input {slot}, not {constant}";
        }

        return null;
    }
}
