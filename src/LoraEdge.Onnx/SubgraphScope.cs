using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>Which values of the enclosing graph the subgraphs of a node read.</summary>
internal static class SubgraphScope
{
    /// <summary>Names that the subgraphs of a node use and do not define, in ordinal order.</summary>
    /// <exception cref="ModelFormatException">A node of a subgraph is malformed.</exception>
    public static IReadOnlyList<string> Captures(NodeProto node, string model)
    {
        var captured = new SortedSet<string>(StringComparer.Ordinal);
        foreach (GraphProto graph in node.Attribute.SelectMany(TensorWalk.SubgraphsOf))
            captured.UnionWith(FreeValues(graph, NodeNames.Display(node), model));
        return captured.Count == 0 ? [] : [.. captured];
    }

    /// <summary>Names that a subgraph and those within it use and do not define.</summary>
    /// <exception cref="ModelFormatException">One of its nodes is malformed.</exception>
    // Recursion is bounded by the depth of messages that protobuf accepts (100).
    public static HashSet<string> FreeValues(GraphProto graph, string owner, string model)
    {
        if (graph.SparseInitializer.Count > 0)
            throw new ModelFormatException($"{model}: a subgraph of node '{owner}' has sparse initializers, which LoraEdge does not read. Export the model with dense weights.");
        var used = new HashSet<string>(graph.Output.Select(output => output.Name), StringComparer.Ordinal);
        foreach (NodeProto node in graph.Node)
        {
            NodeNames.ByName(node, model);
            used.UnionWith(node.Input.Where(input => input.Length > 0));
            used.UnionWith(Captures(node, model));
        }

        used.ExceptWith(ValueNames.Definitions(graph));
        return used;
    }
}
