using LoraEdge.Training.Adaptation;

namespace LoraEdge.Training.Tests.Adaptation;

/// <summary>Gradients through attention, rotary embedding and the fused operators, against finite differences.</summary>
public sealed class TransformerGradientTests
{
    private const int Length = 4, Width = 6;
    private const string Microsoft = "com.microsoft";

    internal static IEnumerable<TestCaseData> Graphs =>
    [
        Named("Attention, causal and grouped", Standard([("q_num_heads", 4), ("kv_num_heads", 2), ("is_causal", 1)])),
        Named("Attention with a softcap", Standard([("q_num_heads", 4), ("kv_num_heads", 2), ("is_causal", 1), ("softcap", 1.5f)])),
        Named("Attention with a trained mask", Standard([("q_num_heads", 4), ("kv_num_heads", 2)], graph => graph.Initializer("mask", Numbers.Normal(Length * Length, 8), Length, Length))),
        Named("Attention with a trained mask, causal", Standard([("q_num_heads", 4), ("kv_num_heads", 2), ("is_causal", 1)],
            graph => graph.Initializer("mask", Numbers.Normal(4 * Length * Length, 8), 4, Length, Length))),
        Named("Attention with a blind query", Standard([("q_num_heads", 4), ("kv_num_heads", 2)], graph => graph.Initializer(Flags()))),
        Named("Attention with a blind query and a softcap", Standard([("q_num_heads", 4), ("kv_num_heads", 2), ("softcap", 1.5f)], graph => graph.Initializer(Flags()))),
        Named("Attention with the projections", Projected([("num_heads", 2)])),
        Named("Attention with the projections, causal, masked and biased", Projected([("num_heads", 2), ("unidirectional", 1)], "mask", "bias")),
        Named("MultiHeadAttention with bias and trained scores", MultiHead()),
        Named("GroupQueryAttention with rotation", GroupQuery([("do_rotary", 1)])),
        Named("GroupQueryAttention with neighbours rotated, window and sink", GroupQuery([("do_rotary", 1), ("rotary_interleaved", 1), ("local_window_size", 2), ("smooth_softmax", 1)])),
        Named("RotaryEmbedding", Rotary()),
        Named("SkipLayerNormalization", Skip("SkipLayerNormalization", "scale", "shift", "bias")),
        Named("SkipSimplifiedLayerNormalization", Skip("SkipSimplifiedLayerNormalization", "scale", "bias")),
        Named("RMSNormalization", On("RMSNormalization", "", 23, "scale")),
        Named("Gelu", On("Gelu", Microsoft)),
        Named("FastGelu", On("FastGelu", Microsoft, 17, "bias")),
        Named("BiasGelu", On("BiasGelu", Microsoft, 17, "bias")),
        Named("QuickGelu", On("QuickGelu", Microsoft)),
        Named("EmbedLayerNormalization", Embedding()),
        Named("FusedMatMul and FusedGemm", Products()),
    ];

    [TestCaseSource(nameof(Graphs))]
    public void Weights_HaveTheGradientsOfFiniteDifferences(OnnxModel model)
    {
        using var weights = new FullWeights(model.Graph, "y");
        using var check = new GradientCheck(model, weights);

        check.AssertFiniteDifferences();
    }

    private static TestCaseData Named(string name, OnnxModel model) => new TestCaseData(model).SetArgDisplayNames(name);

    private static OnnxModel Standard((string, object)[] attributes, Action<GraphBuilder>? mask = null)
    {
        GraphBuilder graph = Start(23);
        mask?.Invoke(graph);
        string[] inputs = [Project(graph, "q", 8), Project(graph, "k", 4), Project(graph, "v", 4), mask is null ? "" : "mask"];
        return Finish(graph, graph.Node("Attention", inputs, attributes: attributes), 8);
    }

    private static Initializer Flags() =>
        GraphBuilder.Tensor("mask", OnnxDataType.Bool, [0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 0], Length, Length);

    private static OnnxModel Projected((string, object)[] attributes, string mask = "", string bias = "")
    {
        GraphBuilder graph = Start().Initializer("weight", Numbers.Normal(Width * 12, 2, 0.5), Width, 12).Initializer("shift", Numbers.Normal(12, 3), 12);
        graph.Initializer("bias", Numbers.Normal(2 * Length * Length, 4), 1, 2, Length, Length).Initializer(Integers("mask", [1, 1, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1], 3, Length));
        return Finish(graph, graph.Node("Attention", ["x", "weight", "shift", mask, "", bias], attributes: attributes, domain: Microsoft), 4);
    }

    private static OnnxModel MultiHead()
    {
        GraphBuilder graph = Start().Initializer("shift", Numbers.Normal(12, 3), 12).Initializer("bias", Numbers.Normal(2 * Length * Length, 4), 1, 2, Length, Length);
        string[] inputs = [Project(graph, "q", 4), Project(graph, "k", 4), Project(graph, "v", 4), "shift", "", "bias"];
        return Finish(graph, graph.Node("MultiHeadAttention", inputs, attributes: [("num_heads", 2)], domain: Microsoft), 4);
    }

    private static OnnxModel GroupQuery((string, object)[] attributes)
    {
        GraphBuilder graph = Start().Initializer("cosine", Numbers.Normal(Length * 2, 3), Length, 2).Initializer("sine", Numbers.Normal(Length * 2, 4), Length, 2);
        graph.Initializer(Integers("last", [3, 3, 3], 3)).Initializer(Integers("total", [Length]));
        string[] inputs = [Project(graph, "q", 8), Project(graph, "k", 4), Project(graph, "v", 4), "", "", "last", "total", "cosine", "sine"];
        return Finish(graph, graph.Node("GroupQueryAttention", inputs, attributes: [("num_heads", 2), ("kv_num_heads", 1), .. attributes], domain: Microsoft), 8);
    }

    private static OnnxModel Rotary()
    {
        GraphBuilder graph = Start(23).Initializer("cosine", Numbers.Normal(Length * 2, 3), Length, 2).Initializer("sine", Numbers.Normal(Length * 2, 4), Length, 2);
        graph.Initializer("positions", [0L, 1, 2, 3, 3, 2, 1, 0, 1, 1, 1, 1], 3, Length);
        string rotated = graph.Node("RotaryEmbedding", [Project(graph, "q", 12), "cosine", "sine", "positions"], attributes: [("num_heads", 2), ("rotary_embedding_dim", 4), ("interleaved", 1)]);
        return Finish(graph, graph.Node("Tanh", [rotated]), 12);
    }

    private static OnnxModel Skip(string operation, params string[] vectors)
    {
        GraphBuilder graph = Vectors(Start(), Width, vectors);
        graph.Node(operation, ["x", Project(graph, "w", Width), .. vectors], ["normal", "", "", "sum"], [("epsilon", 1e-3f)], Microsoft);
        return Finish(graph, graph.Node("Mul", ["normal", graph.Node("Tanh", ["sum"])]), Width);
    }

    private static OnnxModel On(string operation, string domain, int opset = 17, params string[] vectors)
    {
        GraphBuilder graph = Vectors(Start(opset), 8, vectors);
        return Finish(graph, graph.Node(operation, [Project(graph, "w", 8), .. vectors], domain: domain), 8);
    }

    private static OnnxModel Embedding()
    {
        GraphBuilder graph = Vectors(Start(), Width, "scale", "shift");
        foreach ((string name, int rows) in new[] { ("words", 5), ("positions", Length), ("segments", 2) })
            graph.Initializer(name, Numbers.Normal(rows * Width, rows), rows, Width);
        graph.Initializer(Integers("ids", [0, 1, 4, 1, 0, 0, 0, 0, 2, 3, 2, 3], 3, Length)).Initializer(Integers("kinds", [0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0], 3, Length));
        string embedded = graph.Node("EmbedLayerNormalization", ["ids", "kinds", "words", "positions", "segments", "scale", "shift"], ["embedded", "lengths"], domain: Microsoft);
        return Finish(graph, graph.Node("Mul", ["x", embedded]), Width);
    }

    private static OnnxModel Products()
    {
        GraphBuilder graph = Start().Initializer("a", Numbers.Normal(5 * Width, 2, 0.5), 5, Width).Initializer("b", Numbers.Normal(7 * 5, 3, 0.5), 5, 7).Initializer("c", Numbers.Normal(7, 4), 7);
        string first = graph.Node("FusedMatMul", ["x", "a"], attributes: [("transB", 1), ("alpha", 0.5f)], domain: Microsoft);
        graph.Initializer("rows", [-1L, 5L], 2).Initializer("back", [-1L, Length, 7L], 3);
        string flat = graph.Node("Reshape", [first, "rows"]);
        string second = graph.Node("FusedGemm", [flat, "b", "c"], attributes: [("activation", "Tanh"), ("alpha", 2f)], domain: Microsoft);
        return Finish(graph, graph.Node("Reshape", [second, "back"]), 7);
    }

    private static Initializer Integers(string name, int[] values, params long[] shape) =>
        GraphBuilder.Tensor(name, OnnxDataType.Int32, [.. values.SelectMany(BitConverter.GetBytes)], shape);

    private static GraphBuilder Start(int opset = 17) =>
        new GraphBuilder("gradient", opset).Opset(Microsoft, 1).Input("x", TensorElementType.Float32, "batch", Length, Width);

    private static GraphBuilder Vectors(GraphBuilder graph, int width, params string[] names)
    {
        foreach (string name in names)
            graph.Initializer(name, Numbers.Normal(width, name.Length), width);
        return graph;
    }

    private static string Project(GraphBuilder graph, string name, int width)
    {
        graph.Initializer(name, Numbers.Normal(Width * width, name[0], 0.5), Width, width);
        return graph.Node("MatMul", ["x", name]);
    }

    private static OnnxModel Finish(GraphBuilder graph, string value, int width)
    {
        graph.Node("Identity", [value], ["y"]);
        return graph.Output("y", TensorElementType.Float32, "batch", Length, width).Build();
    }
}
