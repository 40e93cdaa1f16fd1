using LoraEdge.Onnx;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary><c>x * Sigmoid(x)</c> as one operation, which keeps x for the backward pass and not the sigmoid besides.</summary>
internal static class SwishFusion
{
    /// <summary>The fused node in the place of a Mul; null when it is not this product.</summary>
    public static FusedNode? Match(PatternGraph graph, OnnxNode product)
    {
        if (!graph.Is(product, "Mul"))
            return null;
        for (int side = 0; side < 2; side++)
        {
            if (graph.OnlyProducerOf(product.Inputs[side], "Sigmoid", inputs: 1) is { } sigmoid && sigmoid.Inputs[0] == product.Inputs[1 - side])
                return new FusedNode(new PlannedNode(product, sigmoid.Inputs, product.Outputs, OnFloats(x => nn.functional.silu(x))), [sigmoid]);
        }

        return null;
    }
}
