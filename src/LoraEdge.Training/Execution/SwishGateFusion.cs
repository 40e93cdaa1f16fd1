using LoraEdge.Onnx;
using LoraEdge.Training.Operators;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// <c>x * Sigmoid(x) * y</c>, the gate of a feed-forward layer (Shazeer 2020, arXiv:2002.05202), as one operation, which keeps x
/// and y for the backward pass and computes <c>x * Sigmoid(x)</c> there again.
/// </summary>
internal static class SwishGateFusion
{
    /// <summary>The fused node in the place of the last Mul; null when it is not this product.</summary>
    public static FusedNode? Match(PatternGraph graph, OnnxNode product)
    {
        if (!graph.Is(product, "Mul"))
            return null;
        for (int side = 0; side < 2; side++)
        {
            if (graph.OnlyProducerOf(product.Inputs[side], "Mul") is { } inner && SwishFusion.Match(graph, inner) is { } swish)
                return new FusedNode(new PlannedNode(product, [swish.Node.Inputs[0], product.Inputs[1 - side]], product.Outputs, Gate), [inner, .. swish.Replaced]);
        }

        return null;
    }

    private static Operation Gate(NodeContext node)
    {
        node.RequireFloats(0);
        node.RequireSameType();
        node.RequireBroadcast();
        bool isOne = node.Shape(0).SequenceEqual(node.Shape(1)) && (node.IsTrained(0) || node.IsTrained(1));
        return OperationForms.Binary(isOne ? OneOperation : WrittenOut);
    }

    private static Tensor WrittenOut(Tensor x, Tensor y)
    {
        using Tensor swish = nn.functional.silu(x);
        return swish.mul(y);
    }

    private static Tensor OneOperation(Tensor x, Tensor y)
    {
#if NET
        if (x.device_type == TorchSharp.DeviceType.CPU && is_grad_enabled() && (x.requires_grad || y.requires_grad))
        {
            Tensor keptX = x.detach(), keptY = y.detach();
            return AutogradNode.Attach(WrittenOut(keptX, keptY), [x, y], [keptX, keptY], gradient => Differentiate(keptX, keptY, gradient));
        }
#endif
        return WrittenOut(x, y);
    }

#if NET
    /// <summary>The derivative of <c>x * s</c> is <c>s + x * s * (1 - s)</c>, with s the sigmoid of x.</summary>
    private static Tensor[] Differentiate(Tensor x, Tensor y, Tensor gradient)
    {
        using Tensor sigmoid = x.sigmoid(), swish = x.mul(sigmoid);
        Tensor ofY = gradient.mul(swish);
        // s + x s (1 - s) = x s + s (1 - x s), in the swish's own memory.
        using Tensor rest = swish.neg();
        Tensor slope = rest.add_(Number.One, Number.One).mul_(sigmoid).add_(swish, Number.One);
        return [slope.mul_(gradient).mul_(y).alias(), ofY];
    }
#endif
}
