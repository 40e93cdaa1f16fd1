namespace LoraEdge.Training.Tests;

/// <summary>Graphs of a few nodes, each with the part that some test is about.</summary>
internal static class SmallGraphs
{
    public const int In = 5;
    public const int Out = 4;

    /// <summary>MatMul and a bias: <c>y = x*w + b</c>.</summary>
    public static OnnxModel Linear() => Finish(
        Start().Initializer("w", Numbers.Normal(In * Out, 2, 0.5), In, Out).Initializer("b", Numbers.Normal(Out, 3), Out),
        graph => graph.Node("Add", [graph.Node("MatMul", ["x", "w"], ["product"]), "b"], ["y"]));

    /// <summary>Gemm with every attribute that matters to its weight.</summary>
    public static OnnxModel Gemm() => Finish(
        Start().Initializer("w", Numbers.Normal(In * Out, 2, 0.5), Out, In).Initializer("b", Numbers.Normal(Out, 3), Out),
        graph => graph.Node("Gemm", ["x", "w", "b"], ["y"], [("transB", 1), ("alpha", -1.5f), ("beta", 0.5f)]));

    /// <summary>One square weight used by two layers, one behind the other, as a Gemm without bias and with alpha.</summary>
    public static OnnxModel SharedWeight() => Finish(
        Start(Out).Initializer("w", Numbers.Normal(Out * Out, 2, 0.5), Out, Out),
        graph => graph.Node("Gemm", [graph.Node("Tanh", [graph.Node("Gemm", ["x", "w"], attributes: [("alpha", 0.7f)])]), "w"], ["y"], [("alpha", 0.7f)]));

    /// <summary>A layer behind LayerNormalization and one behind Softmax, with a residual.</summary>
    public static OnnxModel Normalised() => Finish(
        Start()
            .Initializer("scale", Numbers.Normal(In, 4), In).Initializer("shift", Numbers.Normal(In, 5), In)
            .Initializer("w1", Numbers.Normal(In * In, 2, 0.5), In, In).Initializer("b1", Numbers.Normal(In, 6), In)
            .Initializer("w2", Numbers.Normal(In * Out, 3, 0.5), In, Out),
        graph =>
        {
            string normal = graph.Node("LayerNormalization", ["x", "scale", "shift"]);
            string inner = graph.Node("Add", ["b1", graph.Node("MatMul", [normal, "w1"])]);
            string mixed = graph.Node("Add", ["x", graph.Node("Softmax", [inner], attributes: [("axis", -1)])]);
            graph.Node("MatMul", [mixed, "w2"], ["y"]);
        });

    /// <summary>A gated feed-forward layer, <c>y = (swish(x*g) * (x*u)) * w</c>; the gate of one number per record where it is narrow.</summary>
    public static OnnxModel Gated(int gateWidth = In) => Finish(
        Start()
            .Initializer("g", Numbers.Normal(In * gateWidth, 2, 0.5), In, gateWidth).Initializer("u", Numbers.Normal(In * In, 3, 0.5), In, In)
            .Initializer("w", Numbers.Normal(In * Out, 4, 0.5), In, Out),
        graph =>
        {
            string gate = graph.Node("MatMul", ["x", "g"]), up = graph.Node("MatMul", ["x", "u"]);
            string swish = graph.Node("Mul", [gate, graph.Node("Sigmoid", [gate])]);
            graph.Node("MatMul", [graph.Node("Mul", [swish, up]), "w"], ["y"]);
        });

    /// <summary>A layer on every position of a sequence: <c>x (batch, 3, in)</c> to <c>y (batch, 3, out)</c>, with a bias and a Relu.</summary>
    public static OnnxModel Sequence() => Finish(
        new GraphBuilder("sequence").Input("x", TensorElementType.Float32, "batch", 3, In)
            .Initializer("w", Numbers.Normal(In * Out, 2, 0.5), In, Out).Initializer("b", Numbers.Normal(Out, 3), Out).Initializer("v", Numbers.Normal(Out * Out, 4, 0.5), Out, Out),
        graph => graph.Node("MatMul", [graph.Node("Relu", [graph.Node("Add", [graph.Node("MatMul", ["x", "w"]), "b"])]), "v"], ["y"]),
        "batch", 3, Out);

    /// <summary>A weight that multiplies a constant: shape arithmetic must not swallow it.</summary>
    public static OnnxModel WeightOnAConstant() => Finish(
        Start(Out).Initializer("query", Numbers.Normal(In, 6), 1, In).Initializer("w", Numbers.Normal(In * Out, 2, 0.5), In, Out),
        graph => graph.Node("Mul", ["x", graph.Node("MatMul", ["query", "w"])], ["y"]));

    /// <summary>The input x (batch, width).</summary>
    public static GraphBuilder Start(int width = In) => new GraphBuilder("small").Input("x", TensorElementType.Float32, "batch", width);

    /// <summary>Declares y and reads the model.</summary>
    public static OnnxModel Finish(GraphBuilder graph, Action<GraphBuilder> nodes, params Dimension[] shape)
    {
        nodes(graph);
        return graph.Output("y", TensorElementType.Float32, shape.Length > 0 ? shape : ["batch", Out]).Build();
    }
}
