using LoraEdge.Onnx;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Gives a MatMul the bias that the Add behind it only adds to it, as a third input. One call then computes both, which
/// saves a pass over the result; exporters write Linear layers without Gemm this way.
/// </summary>
internal static class BiasFusion
{
    /// <summary>The nodes in the same order, every such pair as one node in the place of its Add.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="nodes">The nodes to run.</param>
    /// <param name="wanted">Values that must be computed under their own name.</param>
    public static IEnumerable<PlannedNode> Apply(OnnxGraph graph, IReadOnlyList<OnnxNode> nodes, IReadOnlyList<string> wanted)
    {
        var products = new Dictionary<OnnxNode, OnnxNode>();
        foreach (OnnxNode node in nodes)
        {
            if (ProductBefore(graph, node) is { } product && !wanted.Contains(product.Outputs[0]))
                products.Add(node, product);
        }

        HashSet<OnnxNode> fused = [.. products.Values];
        return nodes.Where(node => !fused.Contains(node)).Select(node => products.TryGetValue(node, out OnnxNode? product)
            ? new PlannedNode(product, [.. product.Inputs, Other(node, product)], node.Outputs)
            : new PlannedNode(node, [.. node.Inputs, .. node.CapturedValues], node.Outputs));
    }

    private static OnnxNode? ProductBefore(OnnxGraph graph, OnnxNode add)
    {
        if (!IsOperator(add, "Add"))
            return null;
        return add.Inputs.Select(graph.ProducerOf).FirstOrDefault(product =>
            product is not null && IsOperator(product, "MatMul")
            && graph.ConsumersOf(product.Outputs[0]).Count == 1
            && IsBias(graph, weight: product.Inputs[1], bias: Other(add, product)));
    }

    private static bool IsOperator(OnnxNode node, string operation) =>
        node.OpType == operation && node.Domain.Length == 0 && node.Inputs.Count == 2;

    private static string Other(OnnxNode add, OnnxNode product) => add.Inputs[add.Inputs[0] == product.Outputs[0] ? 1 : 0];

    private static bool IsBias(OnnxGraph graph, string weight, string bias) =>
        graph.Initializers.TryGetValue(weight, out Initializer? matrix) && matrix.Dims.Length == 2
        && graph.Initializers.TryGetValue(bias, out Initializer? vector) && vector.Dims.Length == 1
        && vector.Dims[0] == matrix.Dims[1] && vector.DataType == matrix.DataType;
}
