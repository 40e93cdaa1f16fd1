using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>The operators whose results differ from run to run and from runtime to runtime, with a seed or without.</summary>
public static class RandomOperators
{
    private static readonly HashSet<string> s_names = new(StringComparer.Ordinal)
    {
        "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike",
    };

    /// <summary>Whether a node draws random numbers, itself or in a subgraph.</summary>
    public static bool Contains(OnnxNode node) => IsRandom(node.Proto);

    // Recursion is bounded by the depth of messages that protobuf accepts (100).
    private static bool IsRandom(NodeProto node) =>
        (OpsetImports.Normalize(node.Domain).Length == 0 && s_names.Contains(node.OpType))
        || node.Attribute.SelectMany(TensorWalk.SubgraphsOf).SelectMany(graph => graph.Node).Any(IsRandom);
}
