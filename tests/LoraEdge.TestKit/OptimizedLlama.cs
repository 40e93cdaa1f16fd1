using LoraEdge.Onnx;

namespace LoraEdge.TestKit;

/// <summary>
/// A small Llama with the nodes that ONNX Runtime's exporters write: SimplifiedLayerNormalization, RotaryEmbedding,
/// GroupQueryAttention, SkipSimplifiedLayerNormalization with its sum. The first layer rotates queries and keys by nodes of their
/// own, the second one inside its attention, from packed projections.
/// </summary>
public static class OptimizedLlama
{
    /// <summary>Tokens of the vocabulary: classes of <c>logits (batch, length, tokens)</c>.</summary>
    public const int Tokens = 40;

    /// <summary>Number of layers.</summary>
    public const int Layers = 2;

    /// <summary>Heads of keys and values.</summary>
    public const int KeyHeads = 2;

    /// <summary>Numbers of a head.</summary>
    public const int HeadSize = 16;

    private const int Heads = 4, Width = Heads * HeadSize, KeyWidth = KeyHeads * HeadSize, Inner = 96, Positions = 24;
    private const string Microsoft = "com.microsoft";

    /// <summary>Builds the model; the input is <c>input_ids</c>, int64 (batch, length).</summary>
    /// <param name="hasCache">
    /// Whether there are also <c>attention_mask</c>, int64 (batch, total), and a cache <c>past.N.key</c>, <c>past.N.value</c>
    /// (batch, heads, past, size), which goes out as <c>present.N.key</c>, <c>present.N.value</c>.
    /// </param>
    public static OnnxModel Create(bool hasCache = false)
    {
        GraphBuilder graph = new GraphBuilder("optimized llama").Opset(Microsoft, 1).Input("input_ids", TensorElementType.Int64, "batch", "length");
        graph.Initializer("embedding", Numbers.Normal(Tokens * Width, 1), Tokens, Width);
        graph.Initializer("cosine", Table(Math.Cos), Positions, HeadSize / 2).Initializer("sine", Table(Math.Sin), Positions, HeadSize / 2);
        Lengths(graph, hasCache);
        string hidden = graph.Node("Gather", ["embedding", "input_ids"]);
        string normal = graph.Node("SimplifiedLayerNormalization", [hidden, Scale(graph, "first.scale", 2)], attributes: [("axis", -1), ("epsilon", 1e-5f)]);
        for (int layer = 0; layer < Layers; layer++)
            (hidden, normal) = Layer(graph, hidden, normal, layer, hasCache);
        graph.Node("MatMul", [normal, Weight(graph, "head.weight", Width, Tokens, 90)], ["logits"]);
        return graph.Output("logits", TensorElementType.Float32, "batch", "length", Tokens).Build();
    }

    /// <summary>Last position of every sequence and number of positions, as the attention takes them; and positions for the rotation.</summary>
    private static void Lengths(GraphBuilder graph, bool hasCache)
    {
        if (hasCache)
            graph.Input("attention_mask", TensorElementType.Int64, "batch", "total");
        graph.Initializer("zero", [0L]).Initializer("one", [1L]).Initializer("axis", [1L], 1).Initializer("start", [0L], 1);
        string shape = graph.Node("Shape", [hasCache ? "attention_mask" : "input_ids"]), total = graph.Node("Gather", [shape, "one"]);
        graph.Node("Cast", [total], ["total_length"], [("to", (int)TensorElementType.Int32)]);
        string count = hasCache
            ? graph.Node("ReduceSum", ["attention_mask", "axis"], attributes: [("keepdims", 0)])
            : graph.Node("Expand", [total, graph.Node("Slice", [shape, "start", "axis"])]);
        graph.Node("Cast", [graph.Node("Sub", [count, "one"])], ["last_positions"], [("to", (int)TensorElementType.Int32)]);
        string length = graph.Node("Gather", [graph.Node("Shape", ["input_ids"]), "one"]);
        graph.Node("Reshape", [graph.Node("Sub", [total, length]), "axis"], ["offset"]);
    }

    private static (string Hidden, string Normal) Layer(GraphBuilder graph, string hidden, string normal, int layer, bool hasCache)
    {
        string Name(string part) => $"layer{layer}.{part}";
        int seed = 10 * (layer + 1);
        string attended = layer == 0 ? Apart(graph, normal, layer, seed, hasCache) : Packed(graph, normal, layer, seed, hasCache);
        string mixed = graph.Node("MatMul", [attended, Weight(graph, Name("output"), Width, Width, seed + 3)]);
        (hidden, normal) = AddAndNormalize(graph, hidden, mixed, Name("attention"), seed + 4);
        string gate = graph.Node("MatMul", [normal, Weight(graph, Name("gate"), Width, Inner, seed + 5)]), up = graph.Node("MatMul", [normal, Weight(graph, Name("up"), Width, Inner, seed + 6)]);
        string inner = graph.Node("Mul", [graph.Node("QuickGelu", [gate], attributes: [("alpha", 1f)], domain: Microsoft), up]);
        return AddAndNormalize(graph, hidden, graph.Node("MatMul", [inner, Weight(graph, Name("down"), Inner, Width, seed + 7)]), Name("feed"), seed + 8);
    }

    private static string Apart(GraphBuilder graph, string normal, int layer, int seed, bool hasCache)
    {
        string Rotated(string name, int width, int s) =>
            graph.Node("RotaryEmbedding", [graph.Node("MatMul", [normal, Weight(graph, $"layer{layer}.{name}", Width, width, s)]), "offset", "cosine", "sine"], domain: Microsoft);
        string value = graph.Node("MatMul", [normal, Weight(graph, $"layer{layer}.v", Width, KeyWidth, seed + 2)]);
        return Attend(graph, [Rotated("q", Width, seed), Rotated("k", KeyWidth, seed + 1), value], layer, hasCache, rotates: false);
    }

    private static string Packed(GraphBuilder graph, string normal, int layer, int seed, bool hasCache)
    {
        string all = graph.Node("MatMul", [normal, Weight(graph, $"layer{layer}.qkv", Width, Width + 2 * KeyWidth, seed)]);
        return Attend(graph, [all, "", ""], layer, hasCache, rotates: true);
    }

    private static string Attend(GraphBuilder graph, string[] projected, int layer, bool hasCache, bool rotates)
    {
        string[] past = hasCache ? [$"past.{layer}.key", $"past.{layer}.value"] : ["", ""], present = [$"present.{layer}.key", $"present.{layer}.value"];
        foreach (string name in hasCache ? past : [])
            graph.Input(name, TensorElementType.Float32, "batch", KeyHeads, "past", HeadSize);
        foreach (string name in hasCache ? present : [])
            graph.Output(name, TensorElementType.Float32, "batch", KeyHeads, "total", HeadSize);
        string[] tables = rotates ? ["cosine", "sine"] : [];
        return graph.Node("GroupQueryAttention", [.. projected, .. past, "last_positions", "total_length", .. tables], [$"attended{layer}", .. present],
            [("num_heads", Heads), ("kv_num_heads", KeyHeads), ("do_rotary", rotates), ("local_window_size", -1)], Microsoft);
    }

    private static (string Hidden, string Normal) AddAndNormalize(GraphBuilder graph, string hidden, string change, string name, int seed)
    {
        string normal = graph.Node("SkipSimplifiedLayerNormalization", [hidden, change, Scale(graph, $"{name}.scale", seed)], [$"{name}.normal", "", "", $"{name}.sum"], [("epsilon", 1e-5f)], Microsoft);
        return ($"{name}.sum", normal);
    }

    private static string Weight(GraphBuilder graph, string name, int from, int to, int seed)
    {
        graph.Initializer(name, Numbers.Normal(from * to, seed, 0.15), from, to);
        return name;
    }

    private static string Scale(GraphBuilder graph, string name, int seed)
    {
        graph.Initializer(name, [.. Numbers.Normal(Width, seed, 0.2).Select(value => 1 + value)], Width);
        return name;
    }

    private static float[] Table(Func<double, double> function) =>
        [.. from position in Enumerable.Range(0, Positions) from pair in Enumerable.Range(0, HeadSize / 2) select (float)function(position * Math.Pow(10_000, -2.0 * pair / HeadSize))];
}
