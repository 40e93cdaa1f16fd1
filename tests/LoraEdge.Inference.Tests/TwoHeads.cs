using LoraEdge.Onnx;

namespace LoraEdge.Inference.Tests;

/// <summary>Two layers that do not depend on each other: an inference that saw two adapters would show in the pair of outputs.</summary>
internal static class TwoHeads
{
    public static OnnxModel Model()
    {
        var builder = new GraphBuilder("heads").Input("x", TensorElementType.Float32, "batch", 8);
        foreach (string head in new[] { "left", "right" })
        {
            builder.Initializer("w." + head, Numbers.Normal(8 * 8, seed: head.Length), 8, 8);
            builder.Node("MatMul", ["x", "w." + head], [head]);
            builder.Output(head, TensorElementType.Float32, "batch", 8);
        }

        return builder.Build();
    }
}
