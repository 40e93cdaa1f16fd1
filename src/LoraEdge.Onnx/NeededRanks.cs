namespace LoraEdge.Onnx;

/// <summary>
/// How many axes an input must have where a kernel of ONNX Runtime indexes them without looking, and ends the process when there
/// are fewer. Found by running every operator of ONNX's node tests on inputs of other ranks.
/// </summary>
internal static class NeededRanks
{
    private const int Any = int.MaxValue;

    private static readonly Dictionary<string, (int Slot, int Least, int Most)[]> s_ranks = new(StringComparer.Ordinal)
    {
        ["AffineGrid"] = [(1, 1, 1)],
        ["Conv"] = [(0, 2, Any), (1, 2, Any)],
        ["ConvInteger"] = [(0, 2, Any), (1, 2, Any)],
        ["DFT"] = [(0, 1, Any)],
        ["GridSample"] = [(0, 1, Any)],
        ["QLinearConv"] = [(0, 2, Any), (3, 2, Any)],
        ["ReverseSequence"] = [(0, 2, Any)],
        ["RoiAlign"] = [(0, 4, 4), (1, 2, 2), (2, 1, 1)],
        ["STFT"] = [(0, 2, Any)],
        ["Upsample"] = [(1, 1, 1)],
        ["com.microsoft.Attention"] = [(0, 3, 3), (1, 2, 2), (2, 1, 1)],
        ["com.microsoft.GroupQueryAttention"] = [(0, 3, 3), (3, 4, 4), (4, 4, 4), (7, 2, 2), (8, 2, 2), (9, 2, 2)],
    };

    /// <summary>What a node needs: slots with the least and most axes. Inputs that are omitted are not among them.</summary>
    public static IEnumerable<(int Slot, int Least, int Most)> Of(OnnxGraph graph, OnnxNode node)
    {
        IEnumerable<(int Slot, int Least, int Most)> fixedRanks = s_ranks.GetValueOrNull(node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}") ?? [];
        IEnumerable<(int Slot, int Least, int Most)> all = ScalesOf(graph, node) is { } rank ? fixedRanks.Append((0, rank, rank)) : fixedRanks;
        return all.Where(need => need.Slot < node.Inputs.Count && node.Inputs[need.Slot].Length > 0);
    }

    /// <summary>How many axes an Upsample scales, where it has constants for it; it reads as many sizes as there are.</summary>
    private static int? ScalesOf(OnnxGraph graph, OnnxNode node)
    {
        if (node is not { OpType: "Upsample", Domain: "" })
            return null;
        return node.Inputs.Count > 1 ? (int?)graph.ConstantOf(node.Inputs[1])?.Count : node.GetFloats("scales")?.Count;
    }
}
