using LoraEdge.Onnx;

namespace LoraEdge.Benchmarks.Gate;

/// <summary>A small network that predicts a person's next move from the last rounds, and the records that it learns from.</summary>
internal static class RpsNetwork
{
    private const int History = 10, Pairs = 9, Hidden = 128;
    private const string Input = "rounds";

    /// <summary>Moves to choose from: the classes.</summary>
    public const int Moves = 3;

    /// <summary>What the network is trained on.</summary>
    public static Objective Objective { get; } = new() { ValueName = "logits" };

    /// <summary>The network with random weights.</summary>
    /// <param name="seed">Seed of the weights.</param>
    public static OnnxModel Create(int seed)
    {
        var random = new Random(seed);
        GraphBuilder graph = new GraphBuilder("rps").Input(Input, TensorElementType.Float32, "batch", History * Pairs);
        string first = graph.Node("Relu", [Dense(graph, random, Input, "first", History * Pairs, Hidden)]);
        string second = graph.Node("Relu", [Dense(graph, random, first, "second", Hidden, Hidden)]);
        graph.Node("Identity", [Dense(graph, random, graph.Node("Add", [first, second]), "head", Hidden, Moves)], [Objective.ValueName]);
        return graph.Output(Objective.ValueName, TensorElementType.Float32, "batch", Moves).Build();
    }

    /// <summary>A person's rounds as records, in order of time: each knows the rounds before it.</summary>
    public static IReadOnlyList<Interaction> Records(RpsPerson person) => [.. Enumerable.Range(0, person.Rounds.Count).Select(round => Record(person.Rounds, round))];

    /// <summary>Nine numbers for each of the last rounds, the latest first; zeros before the first round.</summary>
    private static Interaction Record(IReadOnlyList<RpsRound> rounds, int at)
    {
        float[] input = new float[History * Pairs];
        for (int back = 1; back <= Math.Min(History, at); back++)
            input[((back - 1) * Pairs) + rounds[at - back].Pair] = 1;
        return new Interaction(new Dictionary<string, HostTensor> { [Input] = HostTensor.From(input, 1, input.Length) }, Target.Class(rounds[at].Own));
    }

    private static string Dense(GraphBuilder graph, Random random, string x, string name, int width, int outputs)
    {
        double limit = Math.Sqrt(3.0 / width);
        graph.Initializer($"{name}.weight", [.. Enumerable.Range(0, width * outputs).Select(_ => (float)(limit * ((2 * random.NextDouble()) - 1)))], width, outputs);
        graph.Initializer($"{name}.bias", new float[outputs], outputs);
        return graph.Node("Add", [graph.Node("MatMul", [x, $"{name}.weight"]), $"{name}.bias"]);
    }
}
