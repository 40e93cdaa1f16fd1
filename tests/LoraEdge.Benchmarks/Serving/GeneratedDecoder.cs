using LoraEdge.Onnx;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>
/// A decoder of 12 million random weights, float32, of the kind of GPT-2 and OPT: layer norms before each part, learned
/// positions, separate projections to queries, keys and values, a bias behind every product.
/// </summary>
internal static class GeneratedDecoder
{
    private const int Layers = 6;
    private const int Heads = 6;
    private const int Width = 384;
    private const int Inner = 4 * Width;
    private const int Tokens = 2_048;
    private const int Positions = 64;

    /// <summary>Builds it, <c>input_ids (batch, length)</c> to <c>logits (batch, length, 2048)</c>; up to 64 positions.</summary>
    public static OnnxModel Create()
    {
        var random = new Random(1);
        GraphBuilder graph = new GraphBuilder("generated-12M").Input("input_ids", TensorElementType.Int64, "batch", "length");
        AddConstants(graph);
        string length = graph.Node("Slice", [graph.Node("Shape", ["input_ids"]), "one", "two"]);
        string mask = graph.Node("Slice", ["mask", "none", graph.Node("Concat", [length, length], attributes: [("axis", 0)]), "matrix"]);
        string positions = graph.Node("Slice", [Weight(graph, random, Positions, Width), "zero", length]);
        string hidden = graph.Node("Add", [graph.Node("Gather", [Weight(graph, random, Tokens, Width), "input_ids"]), positions]);
        for (int layer = 0; layer < Layers; layer++)
        {
            hidden = graph.Node("Add", [hidden, Attention(graph, random, Normal(graph, hidden), mask)]);
            string inner = graph.Node("Relu", [Linear(graph, random, Normal(graph, hidden), Width, Inner)]);
            hidden = graph.Node("Add", [hidden, Linear(graph, random, inner, Inner, Width)]);
        }

        graph.Node("MatMul", [Normal(graph, hidden), Weight(graph, random, Width, Tokens)], ["logits"]);
        return graph.Output("logits", TensorElementType.Float32, "batch", "length", Tokens).Build();
    }

    private static void AddConstants(GraphBuilder graph) => graph
        .Initializer("zero", [0L], 1).Initializer("one", [1L], 1).Initializer("two", [2L], 1).Initializer("none", [0L, 0], 2).Initializer("matrix", [0L, 1], 2)
        .Initializer("heads", [0L, 0, Heads, Width / Heads], 4).Initializer("joined", [0L, 0, Width], 3)
        .Initializer("scale", [(float)Math.Sqrt((double)Heads / Width)])
        .Initializer("gamma", [.. Enumerable.Repeat(1f, Width)], Width).Initializer("beta", new float[Width], Width)
        .Initializer("mask", [.. Enumerable.Range(0, Positions * Positions).Select(i => i % Positions > i / Positions ? -1e9f : 0)], Positions, Positions);

    private static string Attention(GraphBuilder graph, Random random, string x, string mask)
    {
        string Split(int[] order) => graph.Node("Transpose", [graph.Node("Reshape", [Linear(graph, random, x, Width, Width), "heads"])], attributes: [("perm", order)]);
        string query = Split([0, 2, 1, 3]), key = Split([0, 2, 3, 1]), value = Split([0, 2, 1, 3]);
        string scores = graph.Node("Add", [graph.Node("Mul", [graph.Node("MatMul", [query, key]), "scale"]), mask]);
        string mixed = graph.Node("MatMul", [graph.Node("Softmax", [scores], attributes: [("axis", -1)]), value]);
        string joined = graph.Node("Reshape", [graph.Node("Transpose", [mixed], attributes: [("perm", new[] { 0, 2, 1, 3 })]), "joined"]);
        return Linear(graph, random, joined, Width, Width);
    }

    private static string Linear(GraphBuilder graph, Random random, string x, int from, int to)
    {
        string product = graph.Node("MatMul", [x, Weight(graph, random, from, to)]);
        return graph.Node("Add", [product, Weight(graph, random, to)]);
    }

    private static string Normal(GraphBuilder graph, string x) => graph.Node("LayerNormalization", [x, "gamma", "beta"]);

    private static string Weight(GraphBuilder graph, Random random, params long[] shape)
    {
        string name = $"weight.{random.Next():x8}";
        float spread = (float)Math.Sqrt(3.0 / Width);
        var values = new float[shape.Aggregate(1L, (count, size) => count * size)];
        for (int i = 0; i < values.Length; i++)
            values[i] = spread * ((2 * random.NextSingle()) - 1);
        graph.Initializer(name, values, shape);
        return name;
    }
}
