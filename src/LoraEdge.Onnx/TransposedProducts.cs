using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Products with a transposed weight, as one node of ONNX Runtime's own operator set instead of two. ONNX Runtime would compute
/// the transposed weight when a session opens: a third of the time that takes where the weight is a vocabulary's, and a copy of
/// it in every session.
/// </summary>
internal static class TransposedProducts
{
    private const string Domain = "com.microsoft";

    /// <summary>Fuses them.</summary>
    /// <param name="proto">The model; its outer messages are changed, what they hold is shared.</param>
    /// <param name="graph">Its graph.</param>
    /// <returns>False when there are none, and nothing was changed.</returns>
    public static bool Fuse(ModelProto proto, OnnxGraph graph)
    {
        Dictionary<string, string> weights = graph.Nodes.Where(node => IsFusible(node, graph)).ToDictionary(node => node.Outputs[0], node => node.Inputs[0], StringComparer.Ordinal);
        if (weights.Count == 0)
            return false;
        NodeProto[] nodes = [.. proto.Graph.Node.Where(node => node.Output.Count == 0 || !weights.ContainsKey(node.Output[0])).Select(node => Fused(node, weights))];
        proto.Graph.Node.Clear();
        proto.Graph.Node.AddRange(nodes);
        if (proto.OpsetImport.All(import => import.Domain != Domain))
            proto.OpsetImport.Add(new OperatorSetIdProto { Domain = Domain, Version = 1 });
        return true;
    }

    private static bool IsFusible(OnnxNode node, OnnxGraph graph) =>
        node is { OpType: "Transpose", Domain: "", Inputs.Count: 1, Outputs: [{ Length: > 0 }] }
        && graph.Initializers.GetValueOrNull(node.Inputs[0]) is { DataType: OnnxDataType.Float, Dims.Length: 2 } weight
        && !graph.IsOverridable(weight.Name)
        && (node.GetInts("perm") ?? [1, 0]).SequenceEqual([1L, 0L])
        && !graph.IsOutput(node.Outputs[0])
        && graph.ConsumersOf(node.Outputs[0]).All(consumer => IsProduct(consumer, node.Outputs[0]) && !HasBias(consumer, graph));

    private static bool IsProduct(OnnxNode node, string right) => node is { OpType: "MatMul", Domain: "", Inputs.Count: 2 } && node.Inputs[1] == right && node.Inputs[0] != right;

    // ONNX Runtime computes a product and its bias in one node, which is worth more.
    private static bool HasBias(OnnxNode product, OnnxGraph graph) =>
        graph.ConsumersOf(product.Outputs[0]).Any(consumer => consumer is { OpType: "Add", Domain: "" } && consumer.Inputs.Any(input => graph.ConstantOf(input) is not null));

    private static NodeProto Fused(NodeProto node, Dictionary<string, string> weights)
    {
        if (node.OpType != "MatMul" || node.Input.Count < 2 || !weights.TryGetValue(node.Input[1], out string? weight))
            return node;
        NodeProto fused = node.Clone();
        (fused.OpType, fused.Domain, fused.Input[1]) = ("FusedMatMul", Domain, weight);
        fused.Attribute.Add(AttributeValue.ToProto("transB", 1L));
        return fused;
    }
}
