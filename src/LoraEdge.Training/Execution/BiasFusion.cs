using LoraEdge.Onnx;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Gives a MatMul the bias that the Add behind it only adds to it, as a third input. One call then computes both, which
/// saves a pass over the result; exporters write Linear layers without Gemm this way.
/// </summary>
internal static class BiasFusion
{
    /// <summary>The fused node in the place of an Add; null when it adds no bias to a product.</summary>
    public static FusedNode? Match(PatternGraph graph, OnnxNode add)
    {
        if (!graph.Is(add, "Add"))
            return null;
        foreach (string side in add.Inputs)
        {
            string bias = add.Inputs[add.Inputs[0] == side ? 1 : 0];
            if (graph.OnlyProducerOf(side, "MatMul") is { } product && IsBias(graph, weight: product.Inputs[1], bias))
                return new FusedNode(new PlannedNode(product, [.. product.Inputs, bias], add.Outputs), [product]);
        }

        return null;
    }

    private static bool IsBias(PatternGraph graph, string weight, string bias) =>
        graph.InitializerOf(weight) is { Dims.Length: 2 } matrix && graph.InitializerOf(bias) is { Dims.Length: 1 } vector
        && vector.Dims[0] == matrix.Dims[1] && vector.DataType == matrix.DataType;
}
