namespace LoraEdge.Training.Tests.Sequences;

/// <summary>Cells that compute one step a run: what they read as a state they also write.</summary>
internal static class RecurrentModels
{
    public const int In = 3;
    public const int Hidden = 5;
    public const int Classes = 4;

    /// <summary><c>next = tanh(x*wx + state*wh + b)</c>, <c>logits = next*wo</c>; the state is (batch, hidden).</summary>
    public static OnnxModel Tanh(int inputs = In, int hidden = Hidden, int classes = Classes, double recurrentDeviation = 0.6)
    {
        GraphBuilder graph = new GraphBuilder("tanh cell")
            .Input("x", TensorElementType.Float32, "batch", inputs).Input("state", TensorElementType.Float32, "batch", hidden)
            .Initializer("wx", Numbers.Normal(inputs * hidden, 1, 0.8), inputs, hidden)
            .Initializer("wh", Numbers.Normal(hidden * hidden, 2, recurrentDeviation), hidden, hidden)
            .Initializer("b", Numbers.Normal(hidden, 3, 0.1), hidden)
            .Initializer("wo", Numbers.Normal(hidden * classes, 4, 0.8), hidden, classes);
        graph.Node("Add", [graph.Node("Add", [graph.Node("MatMul", ["x", "wx"]), graph.Node("MatMul", ["state", "wh"])]), "b"], ["sum"]);
        graph.Node("Tanh", ["sum"], ["next"]);
        graph.Node("MatMul", ["next", "wo"], ["logits"]);
        return graph.Output("logits", TensorElementType.Float32, "batch", classes).Output("next", TensorElementType.Float32, "batch", hidden).Build();
    }

    /// <summary>ONNX's GRU on one time step, with a readout; the state is (1, batch, hidden), as PyTorch exports it.</summary>
    public static OnnxModel Gru()
    {
        GraphBuilder graph = new GraphBuilder("gru cell")
            .Input("state", TensorElementType.Float32, 1, "batch", Hidden).Input("x", TensorElementType.Float32, "batch", In)
            .Initializer("first", [0L], 1)
            .Initializer("w", Numbers.Normal(3 * Hidden * In, 1, 0.8), 1, 3 * Hidden, In).Initializer("r", Numbers.Normal(3 * Hidden * Hidden, 2, 0.6), 1, 3 * Hidden, Hidden)
            .Initializer("b", Numbers.Normal(6 * Hidden, 3, 0.2), 1, 6 * Hidden).Initializer("wo", Numbers.Normal(Hidden * Classes, 4, 0.8), Hidden, Classes);
        graph.Node("GRU", [graph.Node("Unsqueeze", ["x", "first"]), "w", "r", "b", "", "state"], ["", "next"], [("hidden_size", Hidden)]);
        graph.Node("MatMul", [graph.Node("Squeeze", ["next", "first"]), "wo"], ["logits"]);
        return graph.Output("next", TensorElementType.Float32, 1, "batch", Hidden).Output("logits", TensorElementType.Float32, "batch", Classes).Build();
    }

    /// <summary>The cells' objective.</summary>
    public static Objective Objective { get; } = new() { ValueName = "logits", States = [new("state", "next")] };

    /// <summary>One step.</summary>
    public static Interaction Step(float[] x, Target target, float weight = 1, bool starts = false) =>
        new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(x, 1, x.Length) }, target, weight) { StartsEpisode = starts };

    /// <summary>A sequence of random steps of different weights.</summary>
    /// <param name="length">Steps.</param>
    /// <param name="seed">Seed of inputs and targets.</param>
    /// <param name="withoutTarget">Steps that are only context.</param>
    /// <param name="starts">Steps that start an episode.</param>
    /// <param name="weight">Weight of the sequence.</param>
    public static Interaction Sequence(int length, int seed, int[]? withoutTarget = null, int[]? starts = null, float weight = 1) =>
        Interaction.Sequence([.. Enumerable.Range(0, length).Select(step => Step(
            Numbers.Normal(In, seed * 1000 + step),
            withoutTarget?.Contains(step) == true ? Target.None : Target.Class((seed + step * step) % Classes),
            weight: 1 + step % 3,
            starts: starts?.Contains(step) == true))], weight);
}
