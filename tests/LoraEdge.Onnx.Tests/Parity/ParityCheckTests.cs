using LoraEdge.Onnx.Parity;

namespace LoraEdge.Onnx.Tests.Parity;

/// <summary>The comparison itself, of two ways to execute a model that are made up here.</summary>
public sealed class ParityCheckTests
{
    private static readonly Dictionary<string, HostTensor> s_inputs = [];

    [Test]
    public void Run_OfTwoThatAgree_ComparesEveryOutput()
    {
        ParityResult result = Run(Chain(), Values(), Values());
        Assert.That((result.Agrees, result.MaxDifference, result.FirstDifferingNode, result.Detail), Is.EqualTo((true, 0.0, (string?)null, (string?)null)));
        Assert.That((result.ComparedOutputs, result.Excluded), Is.EqualTo((new[] { "c", "d" }, Array.Empty<string>())));
    }

    [Test]
    public void Run_OfTwoThatDiffer_NamesTheFirstNodeOnTheWay()
    {
        ParityResult result = Run(Chain(), Values(), Values(("b", 1.2f), ("c", 1.1f), ("d", 1.2f)));
        Assert.That((result.Agrees, result.FirstDifferingNode), Is.EqualTo((false, "second")));
        Assert.That(result.MaxDifference, Is.EqualTo(0.2).Within(1e-6));
        Assert.That(result.Detail, Is.EqualTo("'c': element 0 of 1 is 1.10000002, expected 1, at a scale of 1; another value in 'd'; the first difference is in Relu 'second': 'b': element 0 of 1 is 1.20000005, expected 1, at a scale of 1"));
    }

    /// <summary>Nodes that are executed as one can be right when each is looked at.</summary>
    [Test]
    public void Run_WhenNothingOnTheWayDiffers_NamesTheOutputsNode()
    {
        ParityResult result = Run(Chain(), Values(), (inputs, values) => (values.Count == 2 ? Values(("d", 1.5f)) : Values())(inputs, values));
        Assert.That((result.Agrees, result.FirstDifferingNode), Is.EqualTo((false, "d")));
    }

    [Test]
    public void Run_WhenWhatIsOnTheWayCannotBeComputed_StillTellsTheDifference()
    {
        ParityResult result = Run(Chain(), (inputs, values) => values.Count > 2 ? throw new ModelFormatException("too many outputs") : Values()(inputs, values), Values(("d", 1.5f)));
        Assert.That((result.Agrees, result.FirstDifferingNode), Is.EqualTo((false, "d")));
    }

    [Test]
    public void Run_ValuesThatAHostCannotHold_AreExcluded()
    {
        ParityResult result = Run(Chain(), Without("c"), Values());
        Assert.That((result.Agrees, result.ComparedOutputs, result.Excluded), Is.EqualTo((true, new[] { "d" }, new[] { "c" })));
    }

    [Test]
    public void Run_AValueThatOneOfTheTwoLacks_Differs()
    {
        ParityResult result = Run(Chain(), Values(), Without("d"));
        Assert.That((result.Agrees, result.MaxDifference), Is.EqualTo((false, double.MaxValue)));
        Assert.That(result.Detail, Does.Contain("'d': it was not computed"));
    }

    [Test]
    public void Run_WithNothingToCompare_DoesNotAgree()
    {
        ParityResult result = Run(Chain(), Without("c", "d"), Without("c", "d"));
        Assert.That((result.Agrees, result.Detail), Is.EqualTo((false, "nothing could be compared")));
    }

    [Test]
    public void Targets_OfARandomOutput_AreItsSources()
    {
        GraphBuilder builder = new GraphBuilder("drawn").Input("x", TensorElementType.Float32, 1, 2);
        builder.Node("Log", ["x"], ["scores"]);
        builder.Node("Multinomial", ["scores"], ["action"]);
        builder.Node("Relu", ["x"], ["y"]);
        builder.Node("Exp", ["x"], ["hidden"]);
        builder.Output("action", TensorElementType.Int32, 1, 1).Output("y", TensorElementType.Float32, 1, 2);
        OnnxGraph graph = builder.Build().Graph;
        ParityTargets targets = ParityTargets.Of(graph, "hidden", "action");
        Assert.That((targets.Compared, targets.Excluded), Is.EqualTo((new[] { "y", "hidden", "scores" }, new[] { "action" })));
        Assert.That(ParityTargets.Of(Chain().Graph).Compared, Is.EqualTo(new[] { "c", "d" }));
    }

    [Test]
    public void Tolerance_IsWiderWhereTheModelRounds()
    {
        GraphBuilder builder = new GraphBuilder("quantized").Input("x", TensorElementType.Float32, 1);
        builder.Node("DynamicQuantizeLinear", ["x"], ["y", "s", "z"]);
        OnnxGraph quantized = builder.Output("y", TensorElementType.UInt8, 1).Build().Graph;
        GraphBuilder cast = new GraphBuilder("cast").Input("x", TensorElementType.Float32, 1);
        cast.Node("Cast", ["x"], ["y"], [("to", OnnxDataType.Float16)]);
        OnnxGraph half = cast.Output("y", TensorElementType.Float32, 1).Build().Graph;
        Assert.That(new[] { Chain().Graph, quantized, half, SmallModels.Everything().Graph }.Select(ParityTolerance.Of), Is.EqualTo(new[] { 1e-4, 1e-2, 1e-2, 1e-2 }), "the last has an initializer in half precision");
    }

    /// <summary>x to a to b, and from there to the outputs c and d.</summary>
    private static OnnxModel Chain()
    {
        GraphBuilder builder = new GraphBuilder("chain").Input("x", TensorElementType.Float32, 1);
        builder.Node("Relu", ["x"], ["a"], name: "first");
        builder.Node("Relu", ["a"], ["b"], name: "second");
        builder.Node("Relu", ["b"], ["c"]);
        builder.Node("Relu", ["b"], ["d"]);
        return builder.Output("c", TensorElementType.Float32, 1).Output("d", TensorElementType.Float32, 1).Build();
    }

    private static ParityResult Run(OnnxModel model, ValueSource served, ValueSource trained) =>
        new ParityCheck(model, served, trained).Run(s_inputs, ParityTargets.Of(model.Graph));

    /// <summary>Every value is 1, but for some.</summary>
    private static ValueSource Values(params (string Name, float Value)[] others) => (_, values) =>
        values.ToDictionary(name => name, name => HostTensor.From([others.FirstOrDefault(other => other.Name == name) is (not null, var value) ? value : 1f], 1));

    private static ValueSource Without(params string[] missing) => (inputs, values) => Values()(inputs, [.. values.Except(missing)]);
}
