using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Puts nodes before kernels of ONNX Runtime that would end the process over some values: they fail with an error on those, and
/// pass every other tensor on.
/// </summary>
internal static class KernelGuards
{
    /// <summary>A copy of a graph with guards where nothing rules such values out, in its subgraphs too; null when none is needed.</summary>
    /// <param name="proto">The graph; not changed, and what does not change is shared with it.</param>
    /// <param name="graph">The same graph.</param>
    /// <param name="ranks">What is known of the ranks of its values.</param>
    /// <param name="types">What is known of their element types.</param>
    public static GraphProto? Add(GraphProto proto, OnnxGraph graph, ValueRanks ranks, ValueTypes types)
    {
        var nodes = new List<NodeProto>();
        int unchanged = 0;
        foreach (OnnxNode node in graph.Nodes)
        {
            NodeProto guarded = WithGuardedGraphs(node, ranks, types);
            foreach ((int slot, NodeProto[] guard) in RankGuards.Of(graph, node, ranks, nodes.Count).Concat(DivisionGuards.Of(graph, node, types, nodes.Count)))
            {
                guarded = guarded == node.Proto ? node.Proto.Clone() : guarded;
                nodes.AddRange(guard);
                guarded.Input[slot] = guard[guard.Length - 1].Output[0];
            }

            unchanged += guarded == node.Proto ? 1 : 0;
            nodes.Add(guarded);
        }

        if (unchanged == graph.Nodes.Count)
            return null;
        var copy = new GraphProto();
        copy.MergeFrom(proto);
        copy.Node.Clear();
        copy.Node.AddRange(nodes);
        return copy;
    }

    /// <summary>What the names of a guard's values begin with; no two guards share it.</summary>
    /// <param name="kind">What is guarded.</param>
    /// <param name="node">The node behind the guard.</param>
    /// <param name="slot">Its input that is guarded.</param>
    /// <param name="at">Number of nodes before it.</param>
    public static string NameOf(string kind, OnnxNode node, int slot, int at) => $"loraedge.{kind}.{ValueNames.FirstOutput(node.Proto)}.{slot}.{at}";

    /// <summary>What a loop or a branch feeds to its graph may have another rank than the graph declares, so that counts for nothing; types are the declared ones.</summary>
    private static NodeProto WithGuardedGraphs(OnnxNode node, ValueRanks ranks, ValueTypes types)
    {
        NodeProto guarded = node.Proto;
        foreach ((string name, OnnxGraph inner) in node.GraphAttributes)
        {
            AttributeProto attribute = guarded.Attribute.Single(candidate => candidate.Name == name);
            if (Add(attribute.G, inner, new ValueRanks(inner, [], ranks), new ValueTypes(inner, types)) is not { } graph)
                continue;
            guarded = guarded == node.Proto ? node.Proto.Clone() : guarded;
            guarded.Attribute.Single(candidate => candidate.Name == name).G = graph;
        }

        return guarded;
    }
}
