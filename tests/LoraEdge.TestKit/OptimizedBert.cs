using LoraEdge.Onnx;

namespace LoraEdge.TestKit;

/// <summary>
/// A small BERT classifier with the nodes that ONNX Runtime's transformer optimizer writes: EmbedLayerNormalization, Attention
/// with a raw mask, SkipLayerNormalization with the bias of the layer before it, BiasGelu.
/// </summary>
public static class OptimizedBert
{
    /// <summary>Tokens of the vocabulary.</summary>
    public const int Tokens = 30;

    /// <summary>Classes of <c>logits (batch, classes)</c>.</summary>
    public const int Classes = 3;

    private const int Width = 16, Inner = 32, Heads = 4, Positions = 12;
    private const string Microsoft = "com.microsoft";

    /// <summary>Builds the model; inputs are <c>input_ids</c> and <c>attention_mask</c>, both int64 (batch, length).</summary>
    /// <param name="layers">Number of layers.</param>
    public static OnnxModel Create(int layers = 2)
    {
        GraphBuilder graph = new GraphBuilder("optimized bert").Opset(Microsoft, 1)
            .Input("input_ids", TensorElementType.Int64, "batch", "length")
            .Input("attention_mask", TensorElementType.Int64, "batch", "length");
        string hidden = Embed(graph);
        for (int layer = 0; layer < layers; layer++)
            hidden = Layer(graph, hidden, layer);
        graph.Initializer("first", [0L]);
        graph.Initializer("classifier.weight", Numbers.Normal(Classes * Width, 90, 0.3), Classes, Width).Initializer("classifier.bias", Numbers.Normal(Classes, 91, 0.1), Classes);
        string pooled = graph.Node("Gather", [hidden, "first"], attributes: [("axis", 1)]);
        graph.Node("Gemm", [pooled, "classifier.weight", "classifier.bias"], ["logits"], [("transB", 1)]);
        return graph.Output("logits", TensorElementType.Float32, "batch", Classes).Build();
    }

    private static string Embed(GraphBuilder graph)
    {
        graph.Initializer("words", Numbers.Normal(Tokens * Width, 1), Tokens, Width).Initializer("positions", Numbers.Normal(Positions * Width, 2), Positions, Width);
        Norm(graph, "embeddings", 3);
        string ids = graph.Node("Cast", ["input_ids"], attributes: [("to", (int)TensorElementType.Int32)]);
        graph.Node("Cast", ["attention_mask"], ["mask"], [("to", (int)TensorElementType.Int32)]);
        return graph.Node("EmbedLayerNormalization", [ids, "", "words", "positions", "", "embeddings.scale", "embeddings.shift"], ["embedded", "lengths"], [("epsilon", 1e-12f)], Microsoft);
    }

    private static string Layer(GraphBuilder graph, string hidden, int layer)
    {
        string Name(string part) => $"layer{layer}.{part}";
        int seed = 10 * (layer + 1);
        graph.Initializer(Name("qkv.weight"), Numbers.Normal(Width * 3 * Width, seed, 0.3), Width, 3 * Width).Initializer(Name("qkv.bias"), Numbers.Normal(3 * Width, seed + 1, 0.1), 3 * Width);
        string mixed = graph.Node("Attention", [hidden, Name("qkv.weight"), Name("qkv.bias"), "mask"], attributes: [("num_heads", Heads)], domain: Microsoft);
        string attended = Add(graph, Linear(graph, mixed, Name("attention.output"), Width, Width, seed + 2), hidden, Name("attention.output"), seed + 4);
        string inner = graph.Node("BiasGelu", [Linear(graph, attended, Name("inner"), Width, Inner, seed + 5), Name("inner.bias")], domain: Microsoft);
        return Add(graph, Linear(graph, inner, Name("output"), Inner, Width, seed + 7), attended, Name("output"), seed + 9);
    }

    private static string Linear(GraphBuilder graph, string x, string name, int from, int to, int seed)
    {
        graph.Initializer($"{name}.weight", Numbers.Normal(from * to, seed, 0.3), from, to).Initializer($"{name}.bias", Numbers.Normal(to, seed + 1, 0.1), to);
        return graph.Node("MatMul", [x, $"{name}.weight"]);
    }

    private static string Add(GraphBuilder graph, string product, string skip, string name, int seed)
    {
        Norm(graph, name, seed);
        return graph.Node("SkipLayerNormalization", [product, skip, $"{name}.scale", $"{name}.shift", $"{name}.bias"], attributes: [("epsilon", 1e-12f)], domain: Microsoft);
    }

    private static void Norm(GraphBuilder graph, string name, int seed) =>
        graph.Initializer($"{name}.scale", Numbers.Normal(Width, seed), Width).Initializer($"{name}.shift", Numbers.Normal(Width, seed + 1, 0.1), Width);
}
