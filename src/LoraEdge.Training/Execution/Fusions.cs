using LoraEdge.Onnx;

namespace LoraEdge.Training.Execution;

/// <summary>Replaces groups of nodes by one operation with the same result that is faster or keeps less for the backward pass.</summary>
internal static class Fusions
{
    /// <summary>Larger patterns before those that they contain.</summary>
    private static readonly Func<PatternGraph, OnnxNode, FusedNode?>[] s_patterns = [BiasFusion.Match, SwishGateFusion.Match, SwishFusion.Match, AttentionFusion.Match];

    /// <summary>The nodes in the same order, each group as one node in the place of its last.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="nodes">The nodes to run.</param>
    /// <param name="isAdapted">Whether a branch stands beside a node, which then keeps its operator: no other one would add the branch.</param>
    public static IEnumerable<PlannedNode> Apply(PatternGraph graph, IReadOnlyList<OnnxNode> nodes, Func<OnnxNode, bool> isAdapted)
    {
        HashSet<OnnxNode> known = [.. nodes];
        var fused = new Dictionary<OnnxNode, PlannedNode>();
        var replaced = new HashSet<OnnxNode>();
        foreach ((Func<PatternGraph, OnnxNode, FusedNode?> pattern, OnnxNode node) in s_patterns.SelectMany(pattern => nodes.Select(node => (pattern, node))))
        {
            if (pattern(graph, node) is not { } match || !match.Replaced.Append(node).All(part => known.Contains(part) && !replaced.Contains(part) && !fused.ContainsKey(part)))
                continue;
            if (match.Node.Builder is not null && match.Replaced.Append(node).Any(isAdapted))
                continue;
            fused.Add(node, match.Node);
            replaced.UnionWith(match.Replaced);
        }

        return nodes.Where(node => !replaced.Contains(node)).Select(node => fused.TryGetValue(node, out PlannedNode? one) ? one : new PlannedNode(node, [.. node.Inputs, .. node.CapturedValues], node.Outputs));
    }
}
