using System.Diagnostics;

namespace LoraEdge.Inference.Tests;

/// <summary>Models and inputs over which ONNX Runtime would end the process, take all memory or never come back: found by the fuzz tests.</summary>
public sealed class HostileModelTests
{
    private const long Huge = 1L << 15;

    [TestCase("Div")]
    [TestCase("Mod")]
    public void Run_SmallestIntegerThatIsDivided_IsRefused(string op)
    {
        using var session = new MergedSession(Division(op, graph => graph.Input("b", TensorElementType.Int64, 2)));

        InvalidInputException error = Assert.Throws<InvalidInputException>(() => session.Run(Pair([long.MinValue, 3], [-1, 1])))!;

        Assert.That(error.Message, Does.Contain("'a'").And.Contains(op));
        Assert.That(session.Run(Pair([long.MinValue + 1, 3], [-1, 2]))["y"].AsSpan<long>().ToArray(), Is.EqualTo(op == "Div" ? [long.MaxValue, 1] : new long[] { 0, 1 }));
    }

    [Test]
    public void Run_SmallestInteger_IsDividedByConstants()
    {
        using var session = new MergedSession(Division("Div", graph => graph.Initializer("b", [2L, 1], 2)));

        Assert.That(session.Run(new Dictionary<string, HostTensor> { ["a"] = HostTensor.From([long.MinValue, 3L], 2) })["y"].AsSpan<long>().ToArray(), Is.EqualTo([long.MinValue / 2, 3L]));
    }

    [Test]
    public void Open_SmallestIntegerDividedByMinusOne_IsRefused()
    {
        var graph = new GraphBuilder("division").Input("x", TensorElementType.Int64, 2).Initializer("a", [long.MinValue, 1], 2).Initializer("b", [-1L, 1], 2);
        graph.Node("Add", ["x", graph.Node("Div", ["a", "b"])], ["y"]);
        OnnxModel model = graph.Output("y", TensorElementType.Int64, 2).Build();

        Assert.That(() => new MergedSession(model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("divides the smallest integer by -1"));
    }

    /// <summary>What a Cast makes of what is no number is the smallest integer, which no check of the inputs sees.</summary>
    [Test]
    public void Run_ComputedSmallestIntegerThatIsDivided_IsRefused([Values("Div", "Mod")] string op, [Values] bool wide, [Values] bool constant)
    {
        (TensorElementType type, int to) = wide ? (TensorElementType.Int64, OnnxDataType.Int64) : (TensorElementType.Int32, OnnxDataType.Int32);
        var graph = new GraphBuilder("division").Input("x", TensorElementType.Float32, 2).Input("turn", TensorElementType.Float32, 1).Initializer("minus", [-1f], 1);
        string divisor = constant ? "d" : graph.Node("Cast", [graph.Node("Add", ["turn", "minus"])], attributes: [("to", to)]);
        graph.Initializer(GraphBuilder.Tensor("d", to, wide ? BitConverter.GetBytes(-1L) : BitConverter.GetBytes(-1), 1));
        graph.Node(op, [graph.Node("Identity", [graph.Node("Cast", ["x"], attributes: [("to", to)])]), divisor], ["y"]);
        using var session = new MergedSession(graph.Output("y", type, 2).Build());
        Dictionary<string, HostTensor> Inputs(float x) => new() { ["x"] = HostTensor.From([x, 7f], 2), ["turn"] = HostTensor.From([0f], 1) };

        Assert.That(() => session.Run(Inputs(float.NaN)), Throws.TypeOf<InvalidInputException>().With.Message.Contains("division.y"));
        Assert.That(session.Run(Inputs(5))["y"].Bytes, Is.EqualTo(op == "Div" ? Bytes(wide, -5, -7) : Bytes(wide, 0, 0)));
    }

    [Test]
    public void Run_DivisionOfNothing_GivesNothing()
    {
        var graph = new GraphBuilder("division").Input("x", TensorElementType.Float32, "count").Initializer("d", [-1L], 1);
        graph.Node("Div", [graph.Node("Cast", ["x"], attributes: [("to", OnnxDataType.Int64)]), "d"], ["y"]);
        using var session = new MergedSession(graph.Output("y", TensorElementType.Int64, "count").Build());

        Assert.That(session.Run(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(Array.Empty<float>(), 0) })["y"].Shape, Is.EqualTo(new long[] { 0 }));
    }

    [Test]
    public void Run_InputThatAsksForAllMemory_IsRefused()
    {
        using var session = new MergedSession(Fill());

        Assert.That(() => session.Run(Shape(Huge, Huge)), Throws.TypeOf<InvalidInputException>().With.Message.Contains("fill"));
        Assert.That(session.Run(Shape(3, 4))["y"].AsSpan<float>()[0], Is.Zero);
    }

    [Test]
    public void Run_WithoutALimit_TakesWhatItNeeds()
    {
        using var session = new MergedSession(Fill(), settings: new SessionSettings { Limits = new RunLimits { ServingMegabytes = null } });

        Assert.That(session.Run(Shape(1 << 14, 9 << 10))["y"].AsSpan<float>()[0], Is.Zero, "576 MB of zeros");
    }

    [Test]
    public void Open_WithAnotherLimitThanTheProcessHas_IsRefused()
    {
        using var first = new MergedSession(Fill());

        Assert.That(() => new MergedSession(Fill(), settings: new SessionSettings { Limits = new RunLimits { ServingMegabytes = 1024 } }),
            Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("share 512 MB"));
    }

    [Test]
    public void Run_LoopWithoutEnd_IsEnded()
    {
        var graph = new GraphBuilder("loop").Input("x", TensorElementType.Float32, 1).Input("rounds", TensorElementType.Int64);
        GraphBuilder body = graph.Subgraph("body").Input("round", TensorElementType.Int64).Input("goes.on", TensorElementType.Boolean).Input("state", TensorElementType.Float32, 1);
        body.Node("Identity", ["goes.on"], ["still"]);
        body.Node("Add", ["state", "state"], ["next"]);
        graph.Node("Loop", ["rounds", "", "x"], ["y"], [("body", body.Output("still", TensorElementType.Boolean).Output("next", TensorElementType.Float32, 1))]);
        using var session = new MergedSession(graph.Output("y", TensorElementType.Float32, 1).Build(), settings: new SessionSettings { Limits = new RunLimits { LoopSeconds = 0.5 } });
        Dictionary<string, HostTensor> Rounds(long count) => new() { ["x"] = HostTensor.From([1f], 1), ["rounds"] = HostTensor.From([count]) };

        var watch = Stopwatch.StartNew();
        Assert.That(() => session.Run(Rounds(long.MaxValue)), Throws.TypeOf<InvalidInputException>().With.Message.Contains("loop"));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That(session.Run(Rounds(3))["y"].AsSpan<float>()[0], Is.EqualTo(8f));
    }

    [TestCase(0L)]
    [TestCase(null)]
    public void Open_FramesWithoutAStep_IsRefused(long? step)
    {
        var graph = new GraphBuilder("frames").Input("x", TensorElementType.Float32, 1, 64, 1).Initializer("length", [16L]);
        graph = step is { } constant ? graph.Initializer("step", [constant]) : graph.Input("step", TensorElementType.Int64);
        graph.Node("STFT", ["x", "step", "", "length"], ["y"]);
        OnnxModel model = graph.Output("y", TensorElementType.Float32, 1, "frames", 9, 2).Build();

        Assert.That(() => new MergedSession(model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("constants above 0"));
    }

    [Test]
    public void Run_RecurrentLayerOverNoSequences_IsRefused()
    {
        var graph = new GraphBuilder("recurrent").Input("x", TensorElementType.Float32, "length", "batch", 2).Initializer("w", Numbers.Normal(6, 1), 1, 3, 2).Initializer("r", Numbers.Normal(9, 2), 1, 3, 3);
        graph.Node("RNN", ["x", "w", "r"], ["y"], [("hidden_size", 3)]);
        using var session = new MergedSession(graph.Output("y", TensorElementType.Float32, "length", 1, "batch", 3).Build());

        Assert.That(() => session.Run(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(Array.Empty<float>(), 4, 0, 2) }), Throws.TypeOf<InvalidInputException>());
    }

    [TestCase(new long[0])]
    [TestCase(new long[] { 1 })]
    [TestCase(new long[] { 1, 1, 9 })]
    [TestCase(new long[] { 1, 1, 3, 3, 1 })]
    public void Run_ConvolutionOverAnotherRankThanItsWeight_IsRefused(long[] sizes)
    {
        (GraphBuilder graph, string x) = OfAnyRank();
        graph.Initializer("w", Ones(9), 1, 1, 3, 3).Node("Conv", [x, "w"], ["y"]);
        using var session = new MergedSession(graph.Output("y", TensorElementType.Float32, "n", "c", "h", "w").Build());

        Assert.That(() => session.Run(Sized(sizes)), Throws.TypeOf<InvalidInputException>());
        Assert.That(session.Run(Sized(1, 1, 3, 3))["y"].AsSpan<float>().ToArray(), Is.EqualTo([9f]));
    }

    [Test]
    public void Run_ConvolutionInABranchOverAScalar_IsRefused()
    {
        (GraphBuilder graph, string x) = OfAnyRank();
        graph.Initializer("w", Ones(9), 1, 1, 3, 3).Input("filters", TensorElementType.Boolean);
        GraphBuilder then = graph.Subgraph("then"), other = graph.Subgraph("else");
        then.Node("ReduceSum", [then.Node("Conv", [x, "w"])], ["filtered"], [("keepdims", 0)]);
        other.Node("ReduceSum", [x], ["same"], [("keepdims", 0)]);
        graph.Node("If", ["filters"], ["y"], [("then_branch", then.Output("filtered", TensorElementType.Float32)), ("else_branch", other.Output("same", TensorElementType.Float32))]);
        using var session = new MergedSession(graph.Output("y", TensorElementType.Float32).Build());
        Dictionary<string, HostTensor> Inputs(bool filters, params long[] sizes) => new(Sized(sizes)) { ["filters"] = HostTensor.From([filters]) };

        Assert.That(() => session.Run(Inputs(true)), Throws.TypeOf<InvalidInputException>());
        Assert.That(session.Run(Inputs(false))["y"].AsSpan<float>()[0], Is.EqualTo(1f));
        Assert.That(session.Run(Inputs(true, 1, 1, 3, 3))["y"].AsSpan<float>()[0], Is.EqualTo(9f));
    }

    [Test]
    public void Run_SequencesThatAreAVector_AreRefused()
    {
        (GraphBuilder graph, string x) = OfAnyRank();
        graph.Initializer("lengths", [3L], 1).Node("ReverseSequence", [graph.Node("CumSum", [x, "axis"]), "lengths"], ["y"]);
        using var session = new MergedSession(graph.Initializer("axis", [0L]).Output("y", TensorElementType.Float32, "time", "batch").Build());

        Assert.That(() => session.Run(Sized(3)), Throws.TypeOf<InvalidInputException>());
        Assert.That(session.Run(Sized(3, 1))["y"].AsSpan<float>().ToArray(), Is.EqualTo([3f, 2, 1]));
    }

    /// <summary>A graph and a value whose rank the caller decides, so that it cannot be checked when the model is loaded.</summary>
    private static (GraphBuilder Graph, string Value) OfAnyRank()
    {
        GraphBuilder graph = new GraphBuilder("ranks").Input("x", TensorElementType.Float32, "count").Input("sizes", TensorElementType.Int64, "axes");
        return (graph, graph.Node("Reshape", ["x", "sizes"]));
    }

    private static Dictionary<string, HostTensor> Sized(params long[] sizes)
    {
        float[] ones = Ones((int)sizes.Aggregate(1L, (count, size) => count * size));
        return new() { ["x"] = HostTensor.From(ones, ones.Length), ["sizes"] = HostTensor.From(sizes, sizes.Length) };
    }

    private static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];

    private static OnnxModel Fill()
    {
        var graph = new GraphBuilder("fill").Input("shape", TensorElementType.Int64, 2);
        graph.Node("ReduceMax", [graph.Node("ConstantOfShape", ["shape"])], ["y"], [("keepdims", 0)]);
        return graph.Output("y", TensorElementType.Float32).Build();
    }

    private static byte[] Bytes(bool wide, params int[] values) => [.. values.SelectMany(value => wide ? BitConverter.GetBytes((long)value) : BitConverter.GetBytes(value))];

    private static OnnxModel Division(string op, Action<GraphBuilder> divisor)
    {
        var graph = new GraphBuilder("division").Input("a", TensorElementType.Int64, 2);
        divisor(graph);
        graph.Node(op, ["a", "b"], ["y"]);
        return graph.Output("y", TensorElementType.Int64, 2).Build();
    }

    private static Dictionary<string, HostTensor> Pair(long[] a, long[] b) => new() { ["a"] = HostTensor.From(a, 2), ["b"] = HostTensor.From(b, 2) };

    private static Dictionary<string, HostTensor> Shape(params long[] sizes) => new() { ["shape"] = HostTensor.From(sizes, sizes.Length) };
}
