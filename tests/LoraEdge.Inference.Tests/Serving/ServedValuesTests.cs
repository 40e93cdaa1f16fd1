using LoraEdge.Training;

namespace LoraEdge.Inference.Tests;

/// <summary>Internal values as they are served, compared with the same values as they are trained.</summary>
public sealed class ServedValuesTests
{
    private static readonly string[] s_values = ["hidden", "product", "logits"];
    private static readonly Dictionary<string, HostTensor> s_inputs = new() { ["x"] = HostTensor.From(Numbers.Normal(6 * 8, seed: 3), 6, 8) };

    [Test]
    public void Compute_InternalValues_EqualsTraining()
    {
        OnnxModel model = TinyModels.Policy();

        AssertEqual(ServedValues.Compute(model, s_inputs, s_values), Executed(model, null), model);
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Compute_WithAnAdapter_EqualsTraining(int rank)
    {
        OnnxModel model = TinyModels.Policy();
        Adapter adapter = RandomAdapter.For(model, rank: rank);
        using var serving = new ServingModel(model);

        IReadOnlyDictionary<string, HostTensor> adapted = serving.Compute(s_inputs, s_values, adapter);

        AssertEqual(adapted, Executed(model, adapter), model);
        Assert.That(adapted["product"].Bytes, Is.Not.EqualTo(serving.Compute(s_inputs, s_values)["product"].Bytes));
    }

    [Test]
    public void Compute_OutputsOfTheBaseModel_RunsTheSessionThatServes()
    {
        OnnxModel model = TinyModels.Policy();
        using var serving = new ServingModel(model);

        Assert.That(serving.Compute(s_inputs, ["logits"])["logits"].Bytes, Is.EqualTo(serving.Base.Run(s_inputs)["logits"].Bytes));
        serving.Dispose();
        Assert.That(() => serving.Compute(s_inputs, ["logits"]), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Compute_ATypeThatNoHostHolds_IsLeftOut()
    {
        var builder = new GraphBuilder("double").Input("x", TensorElementType.Float32, "batch", 8);
        builder.Node("Cast", ["x"], ["wide"], [("to", OnnxDataType.Double)]);
        builder.Node("Cast", ["wide"], ["y"], [("to", OnnxDataType.Float)]);
        OnnxModel model = builder.Output("y", TensorElementType.Float32, "batch", 8).Build();

        Assert.That(ServedValues.Compute(model, s_inputs, ["wide", "y"]).Keys, Is.EqualTo(new[] { "y" }));
        Assert.That(Executed(model, null, "wide", "y").Keys, Is.EqualTo(new[] { "y" }));
    }

    [Test]
    public void ExecutedModel_RefusesWhatDoesNotFit()
    {
        OnnxModel model = TinyModels.Policy();
        using var executed = new ExecutedModel(model);
        var narrow = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[4], 1, 4) };

        Assert.That(() => executed.Run(narrow, ["logits"]), Throws.TypeOf<InvalidInputException>());
        Assert.That(() => executed.RunOnce(narrow, ["logits"]), Throws.TypeOf<InvalidInputException>());
        Assert.That(() => executed.RunOnce(s_inputs, ["nosuch"]), Throws.TypeOf<InvalidOptionsException>());
        Assert.That(() => new ExecutedModel(model, RandomAdapter.For(TinyModels.Policy(seed: 9))), Throws.TypeOf<AdapterMismatchException>());
    }

    [Test]
    public void LoraFaTrainer_Forward_IsTheExecutedModel()
    {
        using var folder = new TemporaryFolder();
        OnnxModel model = TinyModels.Policy();
        model.Save(folder.File("policy.onnx"));
        Adapter adapter = RandomAdapter.For(model);
        using var trainer = new LoraFaTrainer();

        IReadOnlyDictionary<string, HostTensor> computed = trainer.Forward(new ForwardRequest { ModelPath = folder.File("policy.onnx"), Inputs = s_inputs, Values = s_values, Adapter = adapter });

        AssertEqual(computed, Executed(model, adapter), model);
    }

    private static IReadOnlyDictionary<string, HostTensor> Executed(OnnxModel model, Adapter? adapter, params string[] values)
    {
        using var executed = new ExecutedModel(model, adapter);
        string[] names = values.Length > 0 ? values : s_values;
        IReadOnlyDictionary<string, HostTensor> planned = executed.Run(s_inputs, names), once = executed.RunOnce(s_inputs, names);
        foreach (string name in planned.Keys)
            Assert.That(once[name].Bytes, Is.EqualTo(planned[name].Bytes), "the pass that makes the plan computes what the plan does");
        return planned;
    }

    private static void AssertEqual(IReadOnlyDictionary<string, HostTensor> actual, IReadOnlyDictionary<string, HostTensor> expected, OnnxModel model)
    {
        Assert.That(actual.Keys, Is.EquivalentTo(s_values), model.Name);
        foreach (string name in s_values)
            Numbers.AssertClose(actual[name].AsSpan<float>(), expected[name].AsSpan<float>(), Tolerances.Float32);
    }
}
