namespace LoraEdge.Training.Tests.Operators;

/// <summary>LSTM, GRU and RNN. ONNX Runtime lacks the batch-first layout.</summary>
internal static class RecurrentCases
{
    private const int Steps = 5, Batch = 3, In = 4, Hidden = 2;
    private const double Sums = 1e-5;

    private static readonly (string Operator, int Gates, string[] Activations)[] s_kinds =
        [("LSTM", 4, ["Tanh", "Relu", "Sigmoid"]), ("GRU", 3, ["Tanh", "Relu"]), ("RNN", 1, ["Relu"])];

    public static IEnumerable<OperatorCase> All() => [.. Shapes(), .. Attributes(), .. Lengths()];

    private static IEnumerable<OperatorCase> Shapes()
    {
        foreach ((string name, int gates, _) in s_kinds)
        {
            foreach (string direction in new[] { "forward", "reverse", "bidirectional" })
            {
                yield return Layer(name, gates, direction);
                yield return Layer(name, gates, direction, bias: true);
                yield return Layer(name, gates, direction, bias: true, initial: true, opset: 7);
                yield return Layer(name, gates, direction, bias: true, initial: true, lengths: [5, 2, 3]);
                yield return Layer(name, gates, direction, lengths: [1, 4, 2]);
            }

            yield return new OperatorCase(name) { Tolerance = Sums }.Feed(1, 1, In).Feed(1, gates * Hidden, In).Feed(1, gates * Hidden, Hidden).With("hidden_size", Hidden);
        }
    }

    private static IEnumerable<OperatorCase> Attributes()
    {
        foreach ((string name, int gates, string[] activations) in s_kinds)
        {
            yield return Layer(name, gates, "forward", bias: true).With("activations", activations);
            yield return Layer(name, gates, "bidirectional", bias: true).With("activations", activations.Concat(activations.Reverse()).ToArray());
            yield return Layer(name, gates, "forward", bias: true, initial: true).With("clip", 0.4f);
            yield return Layer(name, gates, "forward").With("layout", 0);
        }

        foreach (string direction in new[] { "forward", "reverse", "bidirectional" })
        {
            yield return Layer("GRU", 3, direction, bias: true, initial: true).With("linear_before_reset", 1);
            yield return Layer("GRU", 3, direction, lengths: [3, 5, 1]).With("linear_before_reset", 1);
            yield return Layer("LSTM", 4, direction, bias: true, initial: true).With("input_forget", 1);
        }

        yield return Layer("GRU", 3, "forward", bias: true).With("linear_before_reset", 1).With("clip", 0.4f);
    }

    private static IEnumerable<OperatorCase> Lengths()
    {
        foreach ((string name, int gates, _) in s_kinds)
        {
            yield return Layer(name, gates, "forward", initial: true, lengths: [5, 0, 3]);
            yield return Layer(name, gates, "reverse", initial: true, lengths: [5, 0, 3]);
            yield return Layer(name, gates, "forward", lengths: [5, 5, 5]);
        }
    }

    private static OperatorCase Layer(string name, int gates, string direction, bool bias = false, bool initial = false, int[]? lengths = null, int opset = 14)
    {
        int directions = direction == "bidirectional" ? 2 : 1;
        bool hasMemory = name == "LSTM";
        OperatorCase layer = new OperatorCase(name, opset) { Tolerance = Sums }
            .Feed(Steps, Batch, In)
            .Constant(OperatorCase.Random([directions, gates * Hidden, In], seed: 1))
            .Constant(OperatorCase.Random([directions, gates * Hidden, Hidden], seed: 2))
            .With("hidden_size", Hidden)
            .With("direction", direction)
            .Outputs(hasMemory ? 3 : 2);
        layer = bias ? layer.Constant(OperatorCase.Random([directions, 2 * gates * Hidden], seed: 3)) : layer.Omit();
        layer = lengths is null ? layer.Omit() : layer.Feed(HostTensor.From(lengths, Batch));
        if (!initial)
            return layer;
        layer = layer.Feed(directions, Batch, Hidden);
        return hasMemory ? layer.Feed(directions, Batch, Hidden) : layer;
    }
}
