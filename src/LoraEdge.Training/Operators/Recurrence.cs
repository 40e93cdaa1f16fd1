using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>LSTM, GRU and RNN: one or two directions, any initial state, sequences of different lengths; opset 14 adds the batch-first layout.</summary>
internal static class Recurrence
{
    private const int Weight = 1, Recurrent = 2, Bias = 3, Lengths = 4, InitialHidden = 5, InitialMemory = 6, Peepholes = 7;

    /// <summary>Every step is an operation or more of its own; a model with more of them is damaged or hostile.</summary>
    private const long MaxSteps = 1 << 16;

    public static void Register(OperatorTable table)
    {
        table.Add("LSTM", since: 7, Lstm, Objection);
        table.Add("GRU", since: 7, Gru, Objection);
        table.Add("RNN", since: 7, Plain, Objection);
    }

    private static Operation Lstm(NodeContext node)
    {
        bool coupled = node.Node.GetInt("input_forget", 0) != 0;
        return Prepare(node, gates: 4, activations: ["Sigmoid", "Tanh", "Tanh"], functions => (recurrent, _) =>
            new LstmCell(recurrent, functions[0], functions[1], functions[2], coupled));
    }

    private static Operation Gru(NodeContext node) => node.Node.GetInt("linear_before_reset", 0) != 0
        ? Prepare(node, gates: 3, activations: ["Sigmoid", "Tanh"], functions => (recurrent, bias) => new LinearBeforeResetCell(recurrent, bias, functions[0], functions[1]), biasInCell: true)
        : Prepare(node, gates: 3, activations: ["Sigmoid", "Tanh"], functions => (recurrent, _) => new GruCell(recurrent, functions[0], functions[1]));

    private static Operation Plain(NodeContext node) =>
        Prepare(node, gates: 1, activations: ["Tanh"], functions => (recurrent, _) => new PlainCell(recurrent, functions[0]));

    private static Operation Prepare(NodeContext node, int gates, string[] activations, Func<Func<Tensor, Tensor>[], CellFactory> cell, bool biasInCell = false)
    {
        bool[] reversed = node.Node.GetString("direction", "forward") switch { "forward" => [false], "reverse" => [true], _ => [false, true] };
        bool batchFirst = node.Node.GetInt("layout", 0) != 0;
        long[] x = node.Shape(0), recurrent = node.Shape(Recurrent);
        node.RequireFloats(0);
        node.Require(x.Length == 3, "X must have three axes");
        node.Require(recurrent.Length == 3, "R must have three axes");
        long steps = x[batchFirst ? 1 : 0], batch = x[batchFirst ? 0 : 1], hidden = recurrent[2], directions = reversed.Length;
        node.Require(hidden > 0 && node.Node.GetInt("hidden_size", hidden) == hidden, "hidden_size is not what R has");
        node.Require(steps > 0 && batch > 0, "the sequences are empty");
        node.RequireSize([steps, batch, gates * hidden]);
        node.Require(steps <= MaxSteps, $"the sequences have {steps} steps, and no more than {MaxSteps} are unrolled");
        RequireLike(node, Weight, directions, gates * hidden, x[2]);
        RequireLike(node, Recurrent, directions, gates * hidden, hidden);
        long[] state = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
        foreach ((int input, long[] shape) in new[] { (Bias, new[] { directions, 2 * gates * hidden }), (InitialHidden, state), (InitialMemory, state) })
        {
            if (node.Has(input))
                RequireLike(node, input, shape);
        }

        if (node.Has(Lengths))
            node.Require(node.Type(Lengths) == ScalarType.Int32 && node.Shape(Lengths).SequenceEqual([batch]), "sequence_lens must be one int32 per sequence");
        CellFactory[] cells = [.. Functions(node, activations, reversed.Length).Select(cell)];
        return new RecurrentLayer(node.Node.DisplayName, steps, batch, hidden, reversed, cells, batchFirst, biasInCell, HasMemory: gates == 4).Run;
    }

    private static void RequireLike(NodeContext node, int input, params long[] shape)
    {
        node.Require(node.Shape(input).SequenceEqual(shape), $"input {input} must have the shape [{string.Join(",", shape)}]");
        node.RequireSameType(0, input);
    }

    /// <summary>The activations of each direction, with the clipping of what goes into them.</summary>
    private static IEnumerable<Func<Tensor, Tensor>[]> Functions(NodeContext node, string[] usual, int directions)
    {
        IReadOnlyList<string> names = node.Node.GetStrings("activations") ?? [.. Enumerable.Repeat(usual, directions).SelectMany(each => each)];
        node.Require(names.Count == usual.Length * directions, $"{usual.Length * directions} activations are needed, not {names.Count}");
        float clip = node.Node.GetFloat("clip", 0);
        return Enumerable.Range(0, directions).Select(direction => names.Skip(direction * usual.Length).Take(usual.Length)
            .Select((name, at) => clip > 0 && at < 2 ? Clipped(Function(name)!, clip) : Function(name)!).ToArray());
    }

    private static Func<Tensor, Tensor> Clipped(Func<Tensor, Tensor> function, float clip) => x =>
    {
        using Tensor bounded = x.clamp(Number.Of(-clip), Number.Of(clip));
        return function(bounded);
    };

    private static Func<Tensor, Tensor>? Function(string name) => name.ToUpperInvariant() switch
    {
        "SIGMOID" => x => x.sigmoid(),
        "TANH" => x => x.tanh(),
        "RELU" => x => x.relu(),
        _ => null,
    };

    private static string? Objection(OnnxNode node)
    {
        if (node.Inputs.Count > Peepholes && node.Inputs[Peepholes].Length > 0)
            return "peepholes are not supported";
        if (node.GetStrings("activations")?.FirstOrDefault(name => Function(name) is null) is { } activation)
            return $"the activation {activation} is not supported, only Sigmoid, Tanh and Relu are";
        string direction = node.GetString("direction", "forward");
        return direction is "forward" or "reverse" or "bidirectional" ? null : $"the direction {direction} does not exist";
    }
}
