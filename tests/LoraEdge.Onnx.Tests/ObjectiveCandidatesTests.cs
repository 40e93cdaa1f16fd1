namespace LoraEdge.Onnx.Tests;

public sealed class ObjectiveCandidatesTests
{
    [Test]
    public void Softmax_ProposesItsInput() =>
        AssertCandidates(Classifier("Softmax"), ("logits", ObjectiveForm.Logits));

    [Test]
    public void LogSoftmax_ProposesItsInputAndItself() =>
        AssertCandidates(Classifier("LogSoftmax"), ("logits", ObjectiveForm.Logits), ("y", ObjectiveForm.LogProbabilities));

    [TestCase("ArgMax")]
    [TestCase("Multinomial")]
    public void ChoiceWithoutASoftmax_ProposesItsInput(string choice) =>
        AssertCandidates(Classifier(choice), ("logits", ObjectiveForm.Logits));

    [TestCase("Softmax", "Log", "Multinomial")]
    [TestCase("Softmax", "ArgMax", "Identity")]
    [TestCase("LogSoftmax", "ArgMax", "Cast")]
    [TestCase("Softmax", "Reshape", "Transpose")]
    public void ChoiceBehindASoftmax_ProposesTheLogits(params string[] chain) =>
        Assert.That(Find(Classifier(chain))[0], Is.EqualTo(("logits", (ObjectiveForm?)ObjectiveForm.Logits)));

    /// <summary>As in policies that write out log(softmax + epsilon).</summary>
    [Test]
    public void ConstantAddedBeforeALogarithm_IsLookedThrough()
    {
        GraphBuilder builder = Start().Initializer("epsilon", [1e-7f]);
        builder.Node("Softmax", ["logits"], ["p"]);
        builder.Node("Add", ["epsilon", "p"], ["shifted"]);
        builder.Node("Log", ["shifted"], ["y"]);
        AssertCandidates(builder.Output("y", TensorElementType.Float32, "batch", 3).Build(), ("logits", ObjectiveForm.Logits));
    }

    [Test]
    public void SoftmaxOfAnAttention_IsNoCandidate()
    {
        GraphBuilder builder = Start();
        builder.Node("Softmax", ["logits"], ["attention"]);
        builder.Node("MatMul", ["attention", "x"], ["y"]);
        AssertCandidates(builder.Output("y", TensorElementType.Float32, 2, 2).Build(), ("y", null));
    }

    [Test]
    public void FloatOutput_IsProposedLast_AndOneWithoutLayersNotAtAll()
    {
        GraphBuilder builder = Start().Initializer("version", [3f], 1);
        builder.Node("Identity", ["version"], ["constant"]);
        builder.Node("Tanh", ["logits"], ["value"]);
        builder.Node("Softmax", ["logits"], ["y"]);
        builder.Output("constant", TensorElementType.Float32, 1).Output("value", TensorElementType.Float32, "batch", 3).Output("y", TensorElementType.Float32, "batch", 3);
        AssertCandidates(builder.Build(), ("logits", ObjectiveForm.Logits), ("value", null));
    }

    [Test]
    public void NoisyOutput_ProposesWhatItIsDrawnFrom()
    {
        GraphBuilder builder = Start();
        builder.Node("RandomNormalLike", ["logits"], ["noise"]);
        builder.Node("Add", ["logits", "noise"], ["y"]);
        AssertCandidates(builder.Output("y", TensorElementType.Float32, "batch", 3).Build(), ("logits", null));
    }

    [Test]
    public void IntegerOutputWithoutAChoice_ProposesNothing()
    {
        GraphBuilder builder = Start();
        builder.Node("NonZero", ["logits"], ["y"]);
        AssertCandidates(builder.Output("y", TensorElementType.Int64, 2, "found").Build());
    }

    [TestCase("Softmax")]
    [TestCase("ArgMax")]
    [TestCase("Concat")]
    public void MalformedNode_IsPassedOver(string op)
    {
        GraphBuilder builder = Start();
        builder.Node(op, [], ["y"]);
        AssertCandidates(builder.Output("y", TensorElementType.Int64, "batch").Build());
    }

    [Test]
    public void LongChainOfChoices_TakesNoTime()
    {
        GraphBuilder builder = Start();
        string value = "logits";
        for (int i = 0; i < 20_000; i++)
            value = builder.Node("ArgMax", [value]);
        OnnxModel model = builder.Output(value, TensorElementType.Int64, "batch").Build();
        Assert.That(Find(model), Has.Length.EqualTo(1));
    }

    [TestCase("stories15M/stories15M.onnx", "logits:")]
    [TestCase("magika/fast_v2_1.onnx", "model/target_label/BiasAdd:0:Logits")]
    [TestCase("mlagents/3DBall.onnx", "/_continuous_distribution/mu/Gemm_output_0:", "deterministic_continuous_actions:")]
    [TestCase("mlagents/Basic.onnx", "norm_logits:Logits")]
    [TestCase("mlagents/GridFoodCollector.onnx", "59:Logits", "45:")]
    [TestCase("mlagents/Hallway.onnx", "72:Logits", "recurrent_out:")]
    [TestCase("mlagents/Match3VectorObs.onnx", "60:Logits")]
    [TestCase("mlagents/PushBlock.onnx", "norm_logits:Logits")]
    [TestCase("mlagents/Sorter.onnx", "norm_logits:Logits", "norm_logits.3:Logits", "norm_logits.7:Logits")]
    public void RealModels_AreProposedWhatTheirExportersCallLogits(string path, params string[] expected)
    {
        OnnxModel model = OnnxModel.Load(DataFolder.Require(Path.Combine("models", path)));
        Assert.That(Find(model).Select(found => $"{found.Value}:{found.Form}"), Is.EqualTo(expected));
    }

    private static GraphBuilder Start()
    {
        GraphBuilder builder = new GraphBuilder("classifier").Input("x", TensorElementType.Float32, "batch", 2).Initializer("w", [1f, 2, 3, 4, 5, 6], 2, 3);
        builder.Node("MatMul", ["x", "w"], ["logits"]);
        return builder;
    }

    private static OnnxModel Classifier(params string[] chain)
    {
        GraphBuilder builder = Start();
        string value = "logits";
        foreach (string op in chain)
            value = builder.Node(op, [value], op == chain[^1] ? ["y"] : null);
        return builder.Output("y", TensorElementType.Float32, "batch", 3).Build();
    }

    private static (string Value, ObjectiveForm? Form)[] Find(OnnxModel model) =>
        [.. ObjectiveCandidates.Find(model.Graph, AdaptableLayers.Find(model.Graph).Layers).Select(candidate => (candidate.ValueName, candidate.Form))];

    private static void AssertCandidates(OnnxModel model, params (string Value, ObjectiveForm? Form)[] expected) => Assert.That(Find(model), Is.EqualTo(expected));
}
