namespace LoraEdge.Plugin.Tests;

/// <summary>A record that does not fit is refused when it is made, since it would spoil every training after it.</summary>
public sealed class RecordTests
{
    private Host _host = null!;
    private LoraEdgePlugin _plugin = null!;
    private Profile _profile = null!;

    [SetUp]
    public void Load()
    {
        _host = new Host();
        _plugin = _host.Load();
        _profile = _plugin.OpenProfile("ada");
    }

    [TearDown]
    public void Close()
    {
        Assert.That(_profile.RecordCount, Is.Zero);
        _plugin.Dispose();
        _host.Dispose();
    }

    [Test]
    public void Record_MissingInput_IsRefused() => AssertRefused(new Dictionary<string, HostTensor>(), Target.Class(0), 1, "'x' of policy.onnx is missing");

    [Test]
    public void Record_ABatch_IsRefused() =>
        AssertRefused(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[16], 2, 8) }, Target.Class(0), 1, "record one interaction at a time");

    [TestCase(-1f)]
    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void Record_WeightOutOfRange_IsRefused(float weight) => AssertRefused(Host.Input(1), Target.Class(0), weight, "weight");

    private static IEnumerable<TestCaseData> BadTargets()
    {
        yield return new TestCaseData(Target.Regression(1, 2), "Target.Class").SetArgDisplayNames("values for a classification");
        yield return new TestCaseData(Target.Sequence(1, 2), "one class per record is expected, not 2").SetArgDisplayNames("a sequence for one class");
        yield return new TestCaseData(Target.Class(-1), "negative").SetArgDisplayNames("a negative class");
        yield return new TestCaseData(Target.Class(2, [0, 1]), "allowed classes").SetArgDisplayNames("a class that is not allowed");
        yield return new TestCaseData(Target.Class(4), "the class 4, but there are 4").SetArgDisplayNames("a class that the model lacks");
        yield return new TestCaseData(Target.Class(1, [1, 9]), "allowed classes name the class 9").SetArgDisplayNames("an allowed class that the model lacks");
        yield return new TestCaseData(Target.Class(1, [1, -2]), "allowed classes name the class -2").SetArgDisplayNames("a negative allowed class");
    }

    [TestCaseSource(nameof(BadTargets))]
    public void Record_TargetThatDoesNotFit_IsRefused(Target target, string message) => AssertRefused(Host.Input(1), target, 1, message);

    [Test]
    public void Record_ClassForARegression_IsRefused()
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(_host.Options() with { Objective = new Objective { ValueName = "hidden", Loss = LossKind.Huber } });
        using Profile profile = plugin.OpenProfile("bob");

        Assert.That(() => profile.Record(Host.Input(1), Target.Class(1)), Throws.TypeOf<InvalidInputException>().With.Message.Contains("Target.Regression"));
        Assert.That(() => profile.Record(Host.Input(1), Target.Regression(float.NaN)), Throws.TypeOf<InvalidInputException>());
        Assert.That(() => profile.Record(Host.Input(1), Target.Regression(new float[16])), Throws.Nothing);
    }

    [TestCase(3)]
    [TestCase(5)]
    public void Record_RegressionOfAnotherLengthThanTheDeclaredOutput_IsRefused(int length)
    {
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(_host.Options() with { Objective = new Objective { ValueName = "logits", Loss = LossKind.MeanSquaredError } });
        using Profile profile = plugin.OpenProfile("bob");

        Assert.That(() => profile.Record(Host.Input(1), Target.Regression(new float[length])), Throws.TypeOf<InvalidInputException>().With.Message.Contains($"{length} values, but there are 4"));
        Assert.That(() => profile.Record(Host.Input(1), Target.Regression(new float[4])), Throws.Nothing);
    }

    [Test]
    public void Record_SequenceThatDoesNotFitTheInputsLength_IsRefused()
    {
        GraphBuilder graph = new GraphBuilder("steps").Input("x", TensorElementType.Float32, "batch", "time", 8).Initializer("w", Numbers.Normal(32, 1), 8, 4);
        graph.Node("MatMul", ["x", "w"], ["logits"]);
        using var host = new Host(graph.Output("logits", TensorElementType.Float32, "batch", "time", 4).Build());
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(host.Options() with { Objective = new Objective { ValueName = "logits", Loss = LossKind.SequenceCrossEntropy } });
        using Profile profile = plugin.OpenProfile("bob");
        var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[24], 1, 3, 8) };

        Assert.That(() => profile.Record(inputs, Target.Sequence(0, 1)), Throws.TypeOf<InvalidInputException>().With.Message.Contains("2 classes, but there are 3 positions"));
        Assert.That(() => profile.Record(inputs, Target.Sequence(0, 1, 4)), Throws.TypeOf<InvalidInputException>().With.Message.Contains("the class 4"));
        Assert.That(() => profile.Record(inputs, Target.Sequence(0, -100, 3)), Throws.Nothing);
    }

    [Test]
    public void Record_FromSeveralThreads_KeepsEveryRecord()
    {
        using Profile profile = _plugin.OpenProfile("bob");
        var inputs = Host.Input(1);

        Parallel.For(0, 1000, _ => profile.Record(inputs, Target.Class(1)));

        Assert.That(profile.RecordCount, Is.EqualTo(1000));
    }

    private void AssertRefused(IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight, string message) =>
        Assert.That(() => _profile.Record(inputs, target, weight), Throws.TypeOf<InvalidInputException>().With.Message.Contains(message));
}
