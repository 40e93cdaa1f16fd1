using LoraEdge.Onnx;

namespace LoraEdge.TestKit;

/// <summary>
/// A Llama built of plain operators, in the form that is run on the whole sequence or in the form of Hugging Face Optimum's exports, with
/// <c>attention_mask</c>, <c>position_ids</c> and a cache. Weights have the names of stories15M, whose twin with a cache it can
/// therefore be.
/// </summary>
/// <param name="Layers">Number of layers.</param>
/// <param name="Heads">Heads of queries, keys and values.</param>
/// <param name="HeadSize">Numbers of a head; even.</param>
/// <param name="Inner">Width between the matrices of the feed-forward part.</param>
/// <param name="Tokens">Tokens of the vocabulary.</param>
/// <param name="Positions">Tokens that a sequence can have.</param>
public sealed record LlamaDecoder(int Layers, int Heads, int HeadSize, int Inner, int Tokens, int Positions)
{
    /// <summary>Two layers of width 16, 40 tokens, 24 positions.</summary>
    public static readonly LlamaDecoder Tiny = new(Layers: 2, Heads: 2, HeadSize: 8, Inner: 24, Tokens: 40, Positions: 24);

    /// <summary>stories15M.</summary>
    public static readonly LlamaDecoder Stories = new(Layers: 6, Heads: 6, HeadSize: 48, Inner: 768, Tokens: 32_000, Positions: 256);

    private int Width => Heads * HeadSize;

    /// <summary>Builds the model, <c>input_ids (batch, length)</c> to <c>logits (batch, length, tokens)</c>.</summary>
    /// <param name="hasCache">Whether keys and values come in as <c>past_key_values.N.key</c> and go out as <c>present.N.key</c>.</param>
    /// <param name="weights">Gives the tensor of a name; null for random ones.</param>
    /// <param name="length">A fixed length of the input; null for any.</param>
    public OnnxModel Create(bool hasCache, Func<string, Initializer>? weights = null, int? length = null) => Builder(hasCache, weights, length).Build();

    private GraphBuilder Builder(bool hasCache, Func<string, Initializer>? weights = null, int? length = null)
    {
        GraphBuilder graph = new GraphBuilder(hasCache ? "llama with cache" : "llama").Input("input_ids", TensorElementType.Int64, "batch", Axis(length));
        foreach (string name in WeightNames())
            graph.Initializer((weights ?? RandomWeight)(name));
        AddConstants(graph);
        string positions = AddPositions(graph, hasCache);
        (string Cos, string Sin) turn = (Turn(graph, "rope.cos", positions), Turn(graph, "rope.sin", positions));
        string bias = AddBias(graph, positions, hasCache);
        string hidden = graph.Node("Gather", ["tok_embeddings.weight", "input_ids"]);
        for (int layer = 0; layer < Layers; layer++)
            hidden = AddLayer(graph, hidden, layer, turn, bias, hasCache);
        string head = graph.Node("Transpose", ["tok_embeddings.weight"], attributes: [("perm", new[] { 1, 0 })]);
        graph.Node("MatMul", [Normal(graph, hidden, "norm.weight"), head], ["logits"]);
        return graph.Output("logits", TensorElementType.Float32, "batch", Axis(length), Tokens);
    }

    private static Dimension Axis(int? length) => length is { } size ? size : "length";

    private IEnumerable<string> WeightNames() =>
    [
        "tok_embeddings.weight", "norm.weight", "rope.cos", "rope.sin", "causal_mask",
        .. from layer in Enumerable.Range(0, Layers)
           from part in new[] { "attention_norm", "attention.wq", "attention.wk", "attention.wv", "attention.wo", "ffn_norm", "feed_forward.w1", "feed_forward.w3", "feed_forward.w2" }
           select $"layers.{layer}.{part}.weight",
    ];

    private Initializer RandomWeight(string name)
    {
        float[] Random(int count, double deviation) => Numbers.Normal(count, seed: name.Sum(letter => letter) + (name.Length * 1000), deviation);
        float[] Table(Func<int, int, double> value, int columns) => [.. from row in Enumerable.Range(0, Positions) from column in Enumerable.Range(0, columns) select (float)value(row, column)];
        double Angle(int position, int pair) => position * Math.Pow(10_000, -2.0 * pair / HeadSize);
        return name switch
        {
            "tok_embeddings.weight" => GraphBuilder.Tensor(name, Random(Tokens * Width, 1), Tokens, Width),
            "rope.cos" => GraphBuilder.Tensor(name, Table((row, column) => Math.Cos(Angle(row, column)), HeadSize / 2), Positions, HeadSize / 2),
            "rope.sin" => GraphBuilder.Tensor(name, Table((row, column) => Math.Sin(Angle(row, column)), HeadSize / 2), Positions, HeadSize / 2),
            "causal_mask" => GraphBuilder.Tensor(name, Table((row, column) => column > row ? -1e9 : 0, Positions), Positions, Positions),
            _ when name.EndsWith("norm.weight", StringComparison.Ordinal) => GraphBuilder.Tensor(name, [.. Random(Width, 0.2).Select(value => 1 + value)], Width),
            _ when name.EndsWith("w1.weight", StringComparison.Ordinal) || name.EndsWith("w3.weight", StringComparison.Ordinal) => GraphBuilder.Tensor(name, Random(Width * Inner, 0.4), Width, Inner),
            _ when name.EndsWith("w2.weight", StringComparison.Ordinal) => GraphBuilder.Tensor(name, Random(Inner * Width, 0.4), Inner, Width),
            _ => GraphBuilder.Tensor(name, Random(Width * Width, 0.4), Width, Width),
        };
    }

    private void AddConstants(GraphBuilder graph) => graph
        .Initializer("eps", [1e-5f]).Initializer("two", [2f]).Initializer("scale", [(float)(1 / Math.Sqrt(HeadSize))]).Initializer("hidden_bias", [1e9f])
        .Initializer("none", [0L]).Initializer("first", [0L], 1).Initializer("one", [1L]).Initializer("second", [1L], 1).Initializer("third", [2L], 1).Initializer("last", [-1L], 1).Initializer("middle", [1L, 2L], 2)
        .Initializer("pairs", [0L, 0, Heads, HeadSize / 2, 2], 5).Initializer("heads", [0L, 0, Heads, HeadSize], 4).Initializer("joined", [0L, 0, Width], 3);

    private static string AddPositions(GraphBuilder graph, bool hasCache)
    {
        if (hasCache)
        {
            graph.Input("attention_mask", TensorElementType.Int64, "batch", "total").Input("position_ids", TensorElementType.Int64, "batch", "length");
            return "position_ids";
        }

        string length = graph.Node("Gather", [graph.Node("Shape", ["input_ids"]), "one"]);
        return graph.Node("Unsqueeze", [graph.Node("Range", ["none", length, "one"]), "first"]);
    }

    // (batch, length, 1, pairs)
    private static string Turn(GraphBuilder graph, string table, string positions) =>
        graph.Node("Unsqueeze", [graph.Node("Gather", [table, positions]), "third"]);

    private static string AddBias(GraphBuilder graph, string positions, bool hasCache)
    {
        string rows = graph.Node("Gather", ["causal_mask", positions]);
        string shape = graph.Node("Shape", [hasCache ? "attention_mask" : "input_ids"]);
        string total = graph.Node("Slice", [shape, "second", "third"]);
        string bias = graph.Node("Unsqueeze", [graph.Node("Slice", [rows, "first", total, "last"]), "second"]);
        if (!hasCache)
            return bias;
        string kept = graph.Node("Cast", [graph.Node("Sub", ["attention_mask", "one"])], attributes: [("to", (int)TensorElementType.Float32)]);
        return graph.Node("Add", [bias, graph.Node("Unsqueeze", [graph.Node("Mul", [kept, "hidden_bias"]), "middle"])]);
    }

    private string AddLayer(GraphBuilder graph, string hidden, int layer, (string Cos, string Sin) turn, string bias, bool hasCache)
    {
        string Weight(string part) => $"layers.{layer}.{part}.weight";
        string Times(string value, string part) => graph.Node("MatMul", [value, Weight(part)]);
        string Split(string value) => graph.Node("Transpose", [graph.Node("Reshape", [value, "heads"])], attributes: [("perm", new[] { 0, 2, 1, 3 })]);
        string normal = Normal(graph, hidden, Weight("attention_norm"));
        string query = Split(Turned(graph, Times(normal, "attention.wq"), turn));
        string key = Cached(graph, Split(Turned(graph, Times(normal, "attention.wk"), turn)), $"{layer}.key", hasCache);
        string value = Cached(graph, Split(Times(normal, "attention.wv")), $"{layer}.value", hasCache);
        string products = graph.Node("MatMul", [query, graph.Node("Transpose", [key], attributes: [("perm", new[] { 0, 1, 3, 2 })])]);
        string shares = graph.Node("Softmax", [graph.Node("Add", [graph.Node("Mul", [products, "scale"]), bias])], attributes: [("axis", -1)]);
        string mixed = graph.Node("Transpose", [graph.Node("MatMul", [shares, value])], attributes: [("perm", new[] { 0, 2, 1, 3 })]);
        hidden = graph.Node("Add", [hidden, Times(graph.Node("Reshape", [mixed, "joined"]), "attention.wo")]);
        normal = Normal(graph, hidden, Weight("ffn_norm"));
        string gate = Times(normal, "feed_forward.w1");
        string swish = graph.Node("Mul", [gate, graph.Node("Sigmoid", [gate])]);
        return graph.Node("Add", [hidden, Times(graph.Node("Mul", [swish, Times(normal, "feed_forward.w3")]), "feed_forward.w2")]);
    }

    private string Cached(GraphBuilder graph, string value, string name, bool hasCache)
    {
        if (!hasCache)
            return value;
        graph.Input($"past_key_values.{name}", TensorElementType.Float32, "batch", Heads, "past", HeadSize);
        graph.Output($"present.{name}", TensorElementType.Float32, "batch", Heads, "total", HeadSize);
        return graph.Node("Concat", [$"past_key_values.{name}", value], [$"present.{name}"], [("axis", 2)]);
    }

    private string Turned(GraphBuilder graph, string value, (string Cos, string Sin) turn)
    {
        string pairs = graph.Node("Reshape", [value, "pairs"]);
        string x = graph.Node("Gather", [pairs, "none"], attributes: [("axis", 4)]), y = graph.Node("Gather", [pairs, "one"], attributes: [("axis", 4)]);
        string Mul(string a, string b) => graph.Node("Mul", [a, b]);
        string turnedX = graph.Node("Sub", [Mul(x, turn.Cos), Mul(y, turn.Sin)]), turnedY = graph.Node("Add", [Mul(x, turn.Sin), Mul(y, turn.Cos)]);
        string joined = graph.Node("Concat", [graph.Node("Unsqueeze", [turnedX, "last"]), graph.Node("Unsqueeze", [turnedY, "last"])], attributes: [("axis", -1)]);
        return graph.Node("Reshape", [joined, "joined"]);
    }

    private static string Normal(GraphBuilder graph, string value, string weight)
    {
        string mean = graph.Node("ReduceMean", [graph.Node("Pow", [value, "two"])], attributes: [("axes", new[] { -1 }), ("keepdims", 1)]);
        return graph.Node("Mul", [graph.Node("Div", [value, graph.Node("Sqrt", [graph.Node("Add", [mean, "eps"])])]), weight]);
    }
}
