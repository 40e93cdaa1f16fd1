using LoraEdge.Training;

namespace LoraEdge.Plugin.Tests;

/// <summary>What cannot be trained is refused while the host loads, and served all the same by a host that does not train.</summary>
public sealed class SupportTests
{
    [Test]
    public void Load_ModelThatCannotBeTrained_ListsEveryNode()
    {
        using Host host = Distances();

        UnsupportedModelException error = Assert.Throws<UnsupportedModelException>(() => host.Load(new LoraFaTrainer()))!;

        Assert.That(error.Nodes.Select(node => (node.Name, node.Operator)), Is.EqualTo(new[] { ("first", "com.microsoft.CDist"), ("second", "com.microsoft.CDist") }));
    }

    [Test]
    public void Load_ModelThatCannotBeTrained_IsServedWithoutATrainer()
    {
        using Host host = Distances();
        using LoraEdgePlugin plugin = host.Load();

        Assert.That(Host.Answer(plugin.OpenProfile("ada")), Has.Length.EqualTo(16));
    }

    [Test]
    public void Load_ThatTheTrainerRefuses_LeavesTheTrainerToTheHost()
    {
        using var host = new Host();
        var trainer = new FakeTrainer(() => RandomAdapter.For(host.Model)) { OnRequireSupport = (_, _, _) => throw new UnsupportedModelException("policy", []) };

        Assert.That(() => host.Load(trainer), Throws.TypeOf<UnsupportedModelException>());
        Assert.That(trainer.Disposals, Is.Zero);
    }

    [Test]
    public void Load_AsksTheTrainerAboutModelObjectiveAndOptions()
    {
        using var host = new Host();
        (string, Objective, TrainingOptions)? asked = null;
        LoraEdgeOptions options = host.Options(new FakeTrainer(() => RandomAdapter.For(host.Model)) { OnRequireSupport = (path, objective, training) => asked = (path, objective, training) });
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(options);

        Assert.That(asked, Is.EqualTo((options.ModelPath, options.Objective, options.Training)));
    }

    [TestCase("action", LossKind.CrossEntropy, "floating-point")]
    [TestCase("logits", LossKind.SequenceCrossEntropy, "(N, T, C)")]
    [TestCase("doubled", LossKind.CrossEntropy, "nothing to adapt")]
    public void Load_ObjectiveThatCannotBeTrained_IsRefused(string value, LossKind loss, string why)
    {
        using var host = new Host(Policy());
        LoraEdgeOptions options = host.Options(new LoraFaTrainer()) with { Objective = new Objective { ValueName = value, Loss = loss } };

        Assert.That(() => LoraEdgePlugin.Load(options), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains(why));
    }

    [Test]
    public void Load_LayersOrBatchThatTheModelLacks_AreRefused()
    {
        using Host host = new(Policy()), single = new(Policy(1));
        LoraEdgeOptions options = host.Options(new LoraFaTrainer());

        Assert.That(() => LoraEdgePlugin.Load(options with { Training = new TrainingOptions { ExcludeLayers = ["*"] } }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("leave no layer"));
        Assert.That(() => LoraEdgePlugin.Load(options with { ModelPath = single.ModelPath }), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("BatchSize"));
    }

    /// <summary>Two nodes that ONNX Runtime has and training has not; one of them on the way to another output than the objective.</summary>
    private static Host Distances()
    {
        var builder = new GraphBuilder("distances").Opset("com.microsoft", 1)
            .Input("x", TensorElementType.Float32, "batch", 8)
            .Initializer("w", Numbers.Normal(32, 1), 8, 4)
            .Initializer("centers", Numbers.Normal(16, 2), 4, 4);
        builder.Node("MatMul", ["x", "w"], ["y"]);
        builder.Node("CDist", ["y", "centers"], ["logits"], domain: "com.microsoft", name: "first");
        builder.Node("CDist", ["logits", "centers"], ["further"], domain: "com.microsoft", name: "second");
        return new Host(builder.Output("logits", TensorElementType.Float32, "batch", 4).Output("further", TensorElementType.Float32, "batch", 4).Build());
    }

    private static OnnxModel Policy(Dimension? batch = null)
    {
        Dimension rows = batch ?? "batch";
        var builder = new GraphBuilder("policy").Input("x", TensorElementType.Float32, rows, 8).Initializer("w", Numbers.Normal(32, 1), 8, 4);
        builder.Node("MatMul", ["x", "w"], ["logits"]);
        builder.Node("ArgMax", ["logits"], ["action"], [("axis", 1), ("keepdims", 0)]);
        builder.Node("Add", ["x", "x"], ["doubled"]);
        return builder.Output("logits", TensorElementType.Float32, rows, 4).Output("action", TensorElementType.Int64, rows).Output("doubled", TensorElementType.Float32, rows, 8).Build();
    }
}
