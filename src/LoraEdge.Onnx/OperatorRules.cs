namespace LoraEdge.Onnx;

/// <summary>
/// Rules of the specification that neither shapes nor types show. ONNX Runtime relies on them without looking, and ends the
/// process where a node breaks one.
/// </summary>
internal static class OperatorRules
{
    /// <summary>Inputs that are one number, by operator.</summary>
    private static readonly Dictionary<string, int[]> s_numbers = new(StringComparer.Ordinal)
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

    /// <summary>Checks every node of a graph and its subgraphs.</summary>
    /// <exception cref="ModelFormatException">A node breaks a rule.</exception>
    public static void Check(OnnxGraph graph)
    {
        foreach (OnnxNode node in graph.Nodes)
        {
            if (Problem(graph, node) is { } problem)
                throw new ModelFormatException($"{graph.Model}: the node {node} {problem}. The file may be damaged: fetch or export it again.");
            foreach (OnnxGraph inner in node.Subgraphs)
                Check(inner);
        }
    }

    private static string? Problem(OnnxGraph graph, OnnxNode node)
    {
        if (node.Domain.Length > 0)
            return null;
        foreach (int slot in s_numbers.TryGetValue(node.OpType, out int[]? slots) ? slots : [])
        {
            if (slot < node.Inputs.Count && graph.ConstantOf(node.Inputs[slot]) is { Count: not 1 } constant)
                return $"needs one number as input {slot}, not {constant}";
        }

        return null;
    }
}
