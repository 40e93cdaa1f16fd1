using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Nodes that fail, with an error, on a tensor of another rank than the node behind them needs, and pass on one of the right rank:
/// a Reshape that keeps every size of so many axes, or where more axes are allowed, a Concat of one tensor along the last axis
/// that must be there.
/// </summary>
internal static class RankGuards
{
    /// <summary>The guards of a node by the input they stand before; the last node of each computes what is passed on.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="node">The node.</param>
    /// <param name="ranks">What is known of the graph's values.</param>
    /// <param name="at">Number of nodes before this one, for names.</param>
    public static IEnumerable<(int Slot, NodeProto[] Guard)> Of(OnnxGraph graph, OnnxNode node, ValueRanks ranks, int at) =>
        from need in NeededRanks.Of(graph, node)
        let value = node.Inputs[need.Slot]
        where ranks.Of(value) is null
        let name = KernelGuards.NameOf("rank", node, need.Slot, at)
        select (need.Slot, need.Least == need.Most ? Exactly(need.Least, value, name) : AtLeast(need.Least, value, name));

    private static NodeProto[] Exactly(int rank, string value, string name)
    {
        string shape = $"{name}.shape";
        Initializer zeros = GraphBuilder.Tensor("", new long[rank], rank);
        return
        [
            new NodeProto { OpType = "Constant", Output = { shape }, Attribute = { AttributeValue.ToProto("value", zeros) } },
            new NodeProto { OpType = "Reshape", Input = { value, shape }, Output = { name } },
        ];
    }

    private static NodeProto[] AtLeast(int rank, string value, string name) =>
        [new NodeProto { OpType = "Concat", Input = { value }, Output = { name }, Attribute = { AttributeValue.ToProto("axis", rank - 1) } }];
}
