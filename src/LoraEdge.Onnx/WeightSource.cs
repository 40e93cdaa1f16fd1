namespace LoraEdge.Onnx;

/// <summary>A constant tensor that can be the weight of a layer.</summary>
/// <param name="Name">Name of the initializer, or of the output of the Constant node that holds the tensor.</param>
/// <param name="Tensor">The elements.</param>
/// <param name="Index">Position in the numbering of <see cref="All"/>.</param>
internal sealed record WeightSource(string Name, Initializer Tensor, int Index)
{
    /// <summary>
    /// The constant tensors of a graph in the order that numbers the targets of adapters: the initializers by ordinal name, then
    /// the tensors of those Constant nodes that an output depends on, by the ordinal name of their output. The fingerprint
    /// covers exactly these.
    /// </summary>
    public static IReadOnlyList<WeightSource> All(OnnxGraph graph, HashSet<OnnxNode> reachable)
    {
        IEnumerable<(string Name, Initializer Tensor)> held =
            from node in graph.Nodes
            where node.Domain.Length == 0 && node.OpType == "Constant" && node.Outputs.Count > 0 && node.Outputs[0].Length > 0 && reachable.Contains(node)
            let tensor = node.GetTensor("value")
            where tensor is not null
            select (node.Outputs[0], tensor);
        return
        [
            .. graph.InitializerNames.Select(name => (name, graph.Initializers[name]))
                .Concat(held.OrderBy(entry => entry.Name, StringComparer.Ordinal))
                .Select((entry, index) => new WeightSource(entry.Item1, entry.Item2, index)),
        ];
    }
}
