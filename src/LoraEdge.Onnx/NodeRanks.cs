namespace LoraEdge.Onnx;

/// <summary>
/// Operators whose kernels in ONNX Runtime end the process where an input has another number of axes than the node says. Ranks
/// are known of constants, of declared inputs, and of what operators that keep them make of those.
/// </summary>
internal sealed class NodeRanks(OnnxGraph graph)
{
    private const int DeepestChain = 64;

    // Slot and rank, by operator.
    private static readonly Dictionary<string, (int Slot, int Rank)[]> s_ranks = new(StringComparer.Ordinal)
    {
        ["com.microsoft.Attention"] = [(0, 3), (1, 2), (2, 1)],
        ["com.microsoft.GroupQueryAttention"] = [(0, 3), (3, 4), (4, 4), (7, 2), (8, 2), (9, 2)],
    };

    private static readonly HashSet<string> s_keepers = new(StringComparer.Ordinal)
    {
        "Abs", "BatchNormalization", "Cast", "Ceil", "Clip", "Dropout", "Elu", "Erf", "Exp", "Floor", "Gelu", "GroupNormalization", "HardSigmoid", "HardSwish", "Hardmax", "Identity",
        "InstanceNormalization", "LayerNormalization", "LeakyRelu", "Log", "LogSoftmax", "LpNormalization", "MeanVarianceNormalization", "Mish", "Neg", "Not", "Pad", "Reciprocal",
        "Relu", "Round", "Selu", "Sigmoid", "Sign", "Slice", "Softmax", "Softplus", "Softsign", "Sqrt", "Tanh", "Tile", "Transpose",
    };

    private readonly Dictionary<string, int?> _inputs = graph.Inputs.ToDictionary(input => input.Name, input => input.Shape is { Count: > 0 } shape ? shape.Count : (int?)null, StringComparer.Ordinal);

    /// <summary>What is wrong with a node, as the end of a sentence; null when nothing is known to be.</summary>
    public string? ProblemOf(OnnxNode node)
    {
        if (node.Domain.Length == 0 && node.OpType == "Einsum")
            return ProblemOfEinsum(node);
        if (node.Domain.Length == 0 && node.OpType == "MeanVarianceNormalization")
            return RankOf(node, 0) is { } rank && (node.GetInts("axes") ?? [0, 2, 3]).Any(axis => axis < -rank || axis >= rank) ? $"normalises over axes that a tensor of rank {rank} lacks" : null;
        if (!s_ranks.TryGetValue($"{node.Domain}.{node.OpType}", out (int Slot, int Rank)[]? ranks))
            return null;
        foreach ((int slot, int wanted) in ranks)
        {
            if (RankOf(node, slot) is { } found && found != wanted)
                return $"has an input {slot} of rank {found}, not {wanted}";
        }

        return null;
    }

    private string? ProblemOfEinsum(OnnxNode node)
    {
        string[] terms = node.GetString("equation", "").Replace(" ", "").Split(["->"], StringSplitOptions.None)[0].Split(',');
        for (int slot = 0; slot < Math.Min(terms.Length, node.Inputs.Count); slot++)
        {
            int letters = terms[slot].Replace("...", "").Length;
            bool isOpen = terms[slot].Contains("...");
            if (RankOf(node, slot) is { } rank && (isOpen ? rank < letters : rank != letters))
                return $"names the axes '{terms[slot]}' of an input {slot} of rank {rank}";
        }

        return null;
    }

    private int? RankOf(OnnxNode node, int slot) => slot < node.Inputs.Count && node.Inputs[slot].Length > 0 ? RankOf(node.Inputs[slot], DeepestChain) : null;

    private int? RankOf(string value, int depth)
    {
        if (graph.ConstantOf(value) is { } constant)
            return constant.Dims.Length;
        if (_inputs.TryGetValue(value, out int? declared))
            return declared;
        if (depth == 0 || graph.ProducerOf(value) is not { Domain: "" } node || node.Outputs[0] != value)
            return null;
        if (node.OpType == "Reshape")
            return node.Inputs.Count > 1 && graph.ConstantOf(node.Inputs[1]) is { Dims.Length: 1 } shape ? (int)shape.Count : null;
        return s_keepers.Contains(node.OpType) && node.Inputs.Count > 0 ? RankOf(node.Inputs[0], depth - 1) : null;
    }
}
