using LoraEdge.Onnx;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Finds the frozen float32 weights that can be held in half precision: those that only products, convolutions and table
/// look-ups read, which compute in the weight's type and give their result in float32. This is what automatic mixed precision
/// does (Micikevicius et al. 2018, arXiv:1710.03740); everything else is computed as without it.
/// </summary>
internal static class NarrowWeights
{
    /// <summary>Names of the weights, and of what nodes that only turn them make of them.</summary>
    /// <param name="nodes">The nodes to run, in order.</param>
    /// <param name="wanted">Values that must be as the model gives them.</param>
    /// <param name="frozen">The initializer of a name, where it is one that is not trained.</param>
    public static ISet<string> Find(IReadOnlyList<PlannedNode> nodes, IReadOnlyList<string> wanted, Func<string, Initializer?> frozen)
    {
        Dictionary<string, int> ranks = Candidates(nodes, frozen);
        HashSet<string> refused = [.. wanted, .. nodes.SelectMany(node => node.Node.CapturedValues)];
        foreach (PlannedNode node in nodes.Reverse())
        {
            bool passes = Turns(node) && !refused.Contains(node.Outputs[0]);
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (!passes && ranks.TryGetValue(node.Inputs[i], out int rank) && !Takes(node, i, rank))
                    refused.Add(node.Inputs[i]);
            }
        }

        return new HashSet<string>(ranks.Keys.Where(name => !refused.Contains(name)), StringComparer.Ordinal);
    }

    /// <summary>Number of axes of every float32 weight with more than one, also behind nodes that turn it.</summary>
    private static Dictionary<string, int> Candidates(IReadOnlyList<PlannedNode> nodes, Func<string, Initializer?> frozen)
    {
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (PlannedNode node in nodes)
        {
            foreach (string input in node.Inputs)
            {
                if (frozen(input) is { DataType: OnnxDataType.Float, Dims.Length: > 1 } weight)
                    ranks[input] = weight.Dims.Length;
            }

            if (Turns(node) && ranks.TryGetValue(node.Inputs[0], out int rank))
                ranks[node.Outputs[0]] = rank;
        }

        return ranks;
    }

    private static bool Turns(PlannedNode node) =>
        node is { Builder: null, Node: { Domain: "", OpType: "Transpose" or "Identity" }, Inputs.Count: 1, Outputs.Count: 1 };

    /// <summary>Whether a node computes with a weight of another type than its other inputs; see <see cref="Operators.NarrowProduct"/>.</summary>
    private static bool Takes(PlannedNode planned, int input, int rank) => planned is { Builder: null, Node: var node } && (node.Domain, node.OpType) switch
    {
        ("", "MatMul" or "Gemm") or (Domains.Microsoft, "FusedGemm" or "Attention") => input == 1 && rank == 2,
        (Domains.Microsoft, "FusedMatMul") => input == 1 && rank == 2 && node.GetInt("transA", 0) == 0 && node.GetInt("transBatchA", 0) == 0,
        ("", "Conv" or "ConvTranspose") => input == 1,
        ("", "Gather") => input == 0,
        _ => false,
    };
}
