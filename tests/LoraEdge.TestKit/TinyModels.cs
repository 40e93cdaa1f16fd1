using LoraEdge.Onnx;

namespace LoraEdge.TestKit;

/// <summary>Models of a few weights, built in code.</summary>
public static class TinyModels
{
    /// <summary>
    /// A policy: <c>x (batch, features)</c> to <c>logits (batch, classes)</c>, through a MatMul of width 16, a Relu and a Gemm
    /// with transB. The value <c>hidden</c> is internal.
    /// </summary>
    public static OnnxModel Policy(int features = 8, int classes = 4, int seed = 1)
    {
        const int Width = 16;
        var builder = new GraphBuilder("policy")
            .Input("x", TensorElementType.Float32, "batch", features)
            .Initializer("w1", Numbers.Normal(features * Width, seed, 1 / Math.Sqrt(features)), features, Width)
            .Initializer("b1", Numbers.Normal(Width, seed + 1, 0.1), Width)
            .Initializer("w2", Numbers.Normal(classes * Width, seed + 2, 1 / Math.Sqrt(Width)), classes, Width)
            .Initializer("b2", Numbers.Normal(classes, seed + 3, 0.1), classes);
        builder.Node("MatMul", ["x", "w1"], ["product"], name: "first");
        builder.Node("Add", ["product", "b1"], ["sum"]);
        builder.Node("Relu", ["sum"], ["hidden"]);
        builder.Node("Gemm", ["hidden", "w2", "b2"], ["logits"], [("transB", 1)], name: "second");
        return builder.Output("logits", TensorElementType.Float32, "batch", classes).Build();
    }

    /// <summary>One product: <c>x (batch, in)</c> times <c>w</c> gives <c>y (batch, out)</c>.</summary>
    /// <param name="layer">Operator and attributes.</param>
    /// <param name="inFeatures">Width of x.</param>
    /// <param name="outFeatures">Width of y.</param>
    /// <param name="weights">The weight in the layer's own layout; null for random ones.</param>
    public static OnnxModel Product(ProductLayer layer, int inFeatures, int outFeatures, float[]? weights = null)
    {
        GraphBuilder builder = ProductInputs(layer, inFeatures, outFeatures, weights);
        layer.AddTo(builder, "y");
        return builder.Output("y", TensorElementType.Float32, "batch", outFeatures).Build();
    }

    /// <summary>
    /// The same with the adapter written out as nodes of the graph: <c>y + alpha*s*(x*A^T)*B^T</c>.
    /// </summary>
    /// <param name="layer">Operator and attributes.</param>
    /// <param name="inFeatures">Width of x.</param>
    /// <param name="outFeatures">Width of y.</param>
    /// <param name="a">A, shape (r, in).</param>
    /// <param name="b">B, shape (out, r).</param>
    /// <param name="scale">The factor s.</param>
    /// <param name="rank">Rank r.</param>
    public static OnnxModel ProductWithBranch(ProductLayer layer, int inFeatures, int outFeatures, float[] a, float[] b, float scale, int rank)
    {
        GraphBuilder builder = ProductInputs(layer, inFeatures, outFeatures, null)
            .Initializer("a", a, rank, inFeatures)
            .Initializer("b", b, outFeatures, rank)
            .Initializer("factor", [layer.Alpha * scale]);
        layer.AddTo(builder, "frozen");
        builder.Node("Transpose", ["a"], ["a.t"], [("perm", new[] { 1, 0 })]);
        builder.Node("Transpose", ["b"], ["b.t"], [("perm", new[] { 1, 0 })]);
        builder.Node("MatMul", ["x", "a.t"], ["z"]);
        builder.Node("MatMul", ["z", "b.t"], ["branch"]);
        builder.Node("Mul", ["branch", "factor"], ["scaled"]);
        builder.Node("Add", ["frozen", "scaled"], ["y"]);
        return builder.Output("y", TensorElementType.Float32, "batch", outFeatures).Build();
    }

    private static GraphBuilder ProductInputs(ProductLayer layer, int inFeatures, int outFeatures, float[]? weights)
    {
        float[] values = weights ?? Numbers.Normal(inFeatures * outFeatures, 7, 0.3);
        return new GraphBuilder(layer.ToString())
            .Input("x", TensorElementType.Float32, "batch", inFeatures)
            .Initializer("bias", Numbers.Normal(outFeatures, 8), outFeatures)
            .Initializer("w", values, layer.IsTransposed ? [outFeatures, inFeatures] : [inFeatures, outFeatures]);
    }
}
