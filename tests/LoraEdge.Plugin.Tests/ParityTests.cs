namespace LoraEdge.Plugin.Tests;

/// <summary>A trainer that computes something else than what is served trains nothing and publishes nothing.</summary>
public sealed class ParityTests
{
    [Test]
    public void FirstTraining_OnATrainerThatComputesAnotherModel_IsRefusedWithTheFirstDifferingNode()
    {
        using var host = new Host();
        var trainer = new FakeTrainer(() => RandomAdapter.For(host.Model))
        {
            Claim = (_, name, value) => name is "hidden" or "logits" ? Shifted(value, 0.01f) : value,
        };
        using LoraEdgePlugin plugin = host.Load(trainer);
        Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, 20);

        TrainingResult result = Host.Train(plugin, profile);

        // The Relu computes 'hidden' and has no name of its own.
        Assert.That(result.Error, Is.TypeOf<ParityException>().With.Message.Contains("the first differing node is 'hidden'"));
        Assert.That((trainer.Requests.Count, host.StoredFiles.Length, profile.Adapter), Is.EqualTo((0, 0, (Adapter?)null)));
        Assert.That(Host.Answer(profile), Has.Length.EqualTo(16), "serving goes on");
    }

    [Test]
    public void FirstTraining_OnAnHonestTrainer_ComparesOutputsAndObjectiveOnSizesOfARecord()
    {
        using var host = new Host();
        var trainer = new FakeTrainer(() => RandomAdapter.For(host.Model));
        using LoraEdgePlugin plugin = LoraEdgePlugin.Load(host.Options(trainer) with { Objective = new Objective { ValueName = "hidden" } });
        Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, 20);

        Assert.That(Host.Train(plugin, profile).Error, Is.Null);

        ForwardRequest request = trainer.Forwards[0];
        Assert.That(request.Values, Is.EqualTo(new[] { "logits", "hidden" }));
        Assert.That((request.ModelPath, request.Adapter), Is.EqualTo((host.ModelPath, (Adapter?)null)));
        Assert.That(request.Inputs["x"].Shape, Is.EqualTo(new[] { 2, 8 }));
    }

    [Test]
    public void LaterTrainings_CompareTheAdapterOnly()
    {
        using var host = new Host();
        var trainer = new FakeTrainer(() => RandomAdapter.For(host.Model));
        using LoraEdgePlugin plugin = host.Load(trainer);
        Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, 20);

        TrainingResult[] results = [Host.Train(plugin, profile), Host.Train(plugin, profile)];

        // What is compared is the adapter as it is stored and served, not as it was trained.
        Assert.That(trainer.Forwards.Select(request => request.Adapter), Is.EqualTo(new[] { null, results[0].Adapter, results[1].Adapter }));
        Assert.That(trainer.Threads, Has.Count.EqualTo(1), "all on the training thread");
    }

    [Test]
    public void Publish_WhereServingAndTrainingDiffer_StoresNothingAndServesTheOneBefore()
    {
        using var host = new Host();
        float shift = 0;
        var trainer = new FakeTrainer(() => RandomAdapter.For(host.Model, seed: shift == 0 ? 11 : 12))
        {
            Claim = (request, name, value) => request.Adapter is not null && name == "logits" ? Shifted(value, shift) : value,
        };
        using LoraEdgePlugin plugin = host.Load(trainer);
        Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, 20);
        Host.Train(plugin, profile);
        (byte[] answer, byte[] stored) = (Host.Answer(profile), File.ReadAllBytes(Path.Combine(host.Storage, host.StoredFiles.Single())));
        shift = 0.01f;

        TrainingResult result = Host.Train(plugin, profile);

        // The Gemm that computes the logits is called 'second'.
        Assert.That(result.Error, Is.TypeOf<ParityException>().With.Message.Contains("the first differing node is 'second'").And.Message.Contains("adapter"));
        Assert.That(Host.Answer(profile), Is.EqualTo(answer));
        Assert.That(File.ReadAllBytes(Path.Combine(host.Storage, host.StoredFiles.Single())), Is.EqualTo(stored));
    }

    /// <summary>The one output is drawn, so neither check can look at it: both look at what it is drawn from.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public void PolicyThatDrawsItsAction_IsComparedByWhatItDrawsFrom(bool withAdapter)
    {
        using var host = new Host(Drawing());
        var trainer = new FakeTrainer(() => RandomAdapter.For(host.Model))
        {
            Claim = (request, name, value) => (request.Adapter is not null) == withAdapter && name == "scores" ? Shifted(value, 0.01f) : value,
        };
        using LoraEdgePlugin plugin = host.Load(trainer);
        Profile profile = plugin.OpenProfile("ada");
        Host.Play(profile, 20);

        Assert.That(Host.Train(plugin, profile).Error, Is.TypeOf<ParityException>().With.Message.Contains("'scores'"));
        Assert.That((trainer.Requests.Count, profile.Adapter), Is.EqualTo((withAdapter ? 1 : 0, (Adapter?)null)));
    }

    [Test]
    public void ModelThatRefusesSeededInputs_IsComparedOnARecord()
    {
        using var host = new Host(Positions());
        var trainer = new FakeTrainer(() => RandomAdapter.For(host.Model));
        using LoraEdgePlugin plugin = host.Load(trainer);
        Profile profile = plugin.OpenProfile("ada");
        PlayPositions(profile, 0, 0, 0, 0);

        Assert.That(Host.Train(plugin, profile, 0).Error, Is.Null);

        // Twice, for the model and for the adapter: on seeded inputs, which both refuse, then on the first record.
        Assert.That(trainer.Forwards.Select(request => request.Inputs["x"].Bytes.SequenceEqual(Host.Input(0)["x"].Bytes)), Is.EqualTo(new[] { false, true, false, true }));
    }

    [Test]
    public void RecordThatTheModelRefuses_IsDroppedAndTheNextOneCompared()
    {
        using var host = new Host(Positions());
        var trainer = new FakeTrainer(() => RandomAdapter.For(host.Model));
        using LoraEdgePlugin plugin = host.Load(trainer);
        Profile profile = plugin.OpenProfile("ada");
        PlayPositions(profile, 7, 0, 0, 0);

        TrainingResult result = Host.Train(plugin, profile, 0);

        Assert.That((result.Error, result.RecordsDropped), Is.EqualTo(((Exception?)null, 1)));
        Assert.That(trainer.Requests.Single().Records, Has.Count.EqualTo(3));
    }

    private static void PlayPositions(Profile profile, params long[] positions)
    {
        for (int i = 0; i < positions.Length; i++)
            profile.Record(new Dictionary<string, HostTensor> { ["x"] = Host.Input(i)["x"], ["position"] = HostTensor.From([0, 0, 0, positions[i]], 1, 4) }, Target.Class(0));
    }

    /// <summary>A model in which any position but 0 is out of range, which no declaration says.</summary>
    private static OnnxModel Positions()
    {
        var builder = new GraphBuilder("positions")
            .Input("x", TensorElementType.Float32, "batch", 8)
            .Input("position", TensorElementType.Int64, "batch", 4)
            .Initializer("w", Numbers.Normal(32, 1), 8, 4);
        builder.Node("ReduceMean", ["x"], ["row"], [("axes", new[] { 0 })]);
        builder.Node("Gather", ["row", "position"], ["picked"]);
        builder.Node("ReduceMean", ["picked"], ["mean"], [("axes", new[] { 1 }), ("keepdims", 0)]);
        builder.Node("MatMul", ["mean", "w"], ["logits"]);
        return builder.Output("logits", TensorElementType.Float32, "batch", 4).Build();
    }

    private static OnnxModel Drawing()
    {
        var builder = new GraphBuilder("drawing")
            .Input("x", TensorElementType.Float32, "batch", 8)
            .Initializer("w", Numbers.Normal(32, 1), 8, 4);
        builder.Node("MatMul", ["x", "w"], ["logits"]);
        builder.Node("Softmax", ["logits"], ["probabilities"]);
        builder.Node("Log", ["probabilities"], ["scores"]);
        builder.Node("Multinomial", ["scores"], ["action"]);
        return builder.Output("action", TensorElementType.Int32, "batch", 1).Build();
    }

    private static HostTensor Shifted(HostTensor value, float shift) => HostTensor.From([.. value.AsSpan<float>().ToArray().Select(number => number + shift)], value.Shape);
}
