using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Nodes that fail, with an error, on a tensor of another rank than the node behind them needs, and pass on one of the right rank:
/// a Reshape that keeps every size of so many axes, or where more axes are allowed, a Concat of one tensor along the last axis
/// that must be there.
/// </summary>
internal static class RankGuards
{
    /// <summary>A copy of a graph with guards where ranks are not known, in its subgraphs too; null when none is needed.</summary>
    /// <param name="proto">The graph; not changed, and what does not change is shared with it.</param>
    /// <param name="graph">The same graph.</param>
    /// <param name="ranks">What is known of its values.</param>
    public static GraphProto? Add(GraphProto proto, OnnxGraph graph, ValueRanks ranks)
    {
        var nodes = new List<NodeProto>();
        int unchanged = 0;
        foreach (OnnxNode node in graph.Nodes)
        {
            NodeProto guarded = WithGuardedGraphs(node, ranks);
            foreach ((int slot, int least, int most) in NeededRanks.Of(graph, node).Where(need => ranks.Of(node.Inputs[need.Slot]) is null))
            {
                guarded = guarded == node.Proto ? node.Proto.Clone() : guarded;
                string name = $"loraedge.rank.{ValueNames.FirstOutput(node.Proto)}.{slot}.{nodes.Count}";
                nodes.AddRange(least == most ? Exactly(least, guarded.Input[slot], name) : AtLeast(least, guarded.Input[slot], name));
                guarded.Input[slot] = name;
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

    /// <summary>What a loop or a branch feeds to its graph may have another rank than the graph declares, so that counts for nothing.</summary>
    private static NodeProto WithGuardedGraphs(OnnxNode node, ValueRanks ranks)
    {
        NodeProto guarded = node.Proto;
        foreach ((string name, OnnxGraph inner) in node.GraphAttributes)
        {
            AttributeProto attribute = guarded.Attribute.Single(candidate => candidate.Name == name);
            if (Add(attribute.G, inner, new ValueRanks(inner, [], ranks)) is not { } graph)
                continue;
            guarded = guarded == node.Proto ? node.Proto.Clone() : guarded;
            guarded.Attribute.Single(candidate => candidate.Name == name).G = graph;
        }

        return guarded;
    }

    private static IEnumerable<NodeProto> Exactly(int rank, string value, string name)
    {
        string shape = $"{name}.shape";
        Initializer zeros = GraphBuilder.Tensor("", new long[rank], rank);
        yield return new NodeProto { OpType = "Constant", Output = { shape }, Attribute = { AttributeValue.ToProto("value", zeros) } };
        yield return new NodeProto { OpType = "Reshape", Input = { value, shape }, Output = { name } };
    }

    private static IEnumerable<NodeProto> AtLeast(int rank, string value, string name)
    {
        yield return new NodeProto { OpType = "Concat", Input = { value }, Output = { name }, Attribute = { AttributeValue.ToProto("axis", rank - 1) } };
    }
}
