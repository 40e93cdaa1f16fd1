namespace LoraEdge.Onnx;

/// <summary>Nodes whose inputs are known to have another number of axes than the node says or needs.</summary>
/// <param name="graph">The graph.</param>
/// <param name="ranks">What is known of its values.</param>
internal sealed class NodeRanks(OnnxGraph graph, ValueRanks ranks)
{
    /// <summary>What is wrong with a node, as the end of a sentence; null when nothing is known to be.</summary>
    public string? ProblemOf(OnnxNode node)
    {
        if (node.Domain.Length == 0 && node.OpType == "Einsum")
            return ProblemOfEinsum(node);
        if (node.Domain.Length == 0 && node.OpType == "MeanVarianceNormalization")
            return RankOf(node, 0) is { } rank && (node.GetInts("axes") ?? [0, 2, 3]).Any(axis => axis < -rank || axis >= rank) ? $"normalises over axes that a tensor of rank {rank} lacks" : null;
        foreach ((int slot, int least, int most) in NeededRanks.Of(graph, node))
        {
            if (RankOf(node, slot) is { } found && (found < least || found > most))
                return $"has an input {slot} of rank {found}, not {(least == most ? $"{least}" : $"{least} or more")}";
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

    private int? RankOf(OnnxNode node, int slot) => slot < node.Inputs.Count && node.Inputs[slot].Length > 0 ? ranks.Of(node.Inputs[slot]) : null;
}
