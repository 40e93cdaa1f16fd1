using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Tests.Execution;

namespace LoraEdge.Training.Tests;

/// <summary>Training of all weights: steps, checkpoints, and the same under an adapter's loop.</summary>
public sealed class FullFineTunerTests
{
    private static readonly OnnxModel s_model = TinyModels.Policy();
    private static readonly Interaction[] s_records = Players.Records(96, seed: 1);

    [Test]
    public void Steps_LowerTheLoss_AndLeaveTheModelAlone()
    {
        using var tuner = new FullFineTuner(s_model, Players.Objective);
        double before = tuner.Evaluate(s_records);

        for (int step = 0; step < 30; step++)
            tuner.Step(s_records, learningRate: 1e-2);

        Assert.That(before, Is.EqualTo(PolicyLoss.Of(null, s_records)).Within(1e-5));
        Assert.That(tuner.Evaluate(s_records), Is.LessThan(before / 2));
        Assert.That(tuner.Steps, Is.EqualTo(30));
        Assert.That(tuner.Weights().Keys, Is.EquivalentTo(new[] { "w1", "b1", "w2", "b2" }));
        Assert.That(tuner.Weights()["w1"], Is.Not.EqualTo(s_model.Graph.Initializers["w1"].ToFloats()));
    }

    [Test]
    public void Evaluate_InBatchesOfNothing_IsRefused()
    {
        using var tuner = new FullFineTuner(s_model, Players.Objective);

        Assert.That(() => tuner.Evaluate(s_records, batchSize: 0), Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("batchSize is 0"));
    }

    [Test]
    public void Step_ReturnsTheLossBeforeIt()
    {
        using var tuner = new FullFineTuner(s_model, Players.Objective);

        Assert.That(tuner.Step(s_records, 1e-2), Is.EqualTo(PolicyLoss.Of(null, s_records)).Within(1e-5));
    }

    [Test]
    public void WeightDecay_IsAppliedToMatricesAlone()
    {
        using FullFineTuner with = new(s_model, Players.Objective, weightDecay: 0.5), without = new(s_model, Players.Objective, weightDecay: 0);

        with.Step(s_records, 0.1);
        without.Step(s_records, 0.1);

        Numbers.AssertClose(with.Weights()["b1"], without.Weights()["b1"], Tolerances.Float32);
        float[] frozen = s_model.Graph.Initializers["w1"].ToFloats();
        Numbers.AssertClose(with.Weights()["w1"], [.. without.Weights()["w1"].Zip(frozen, (value, start) => value - 0.05f * start)], Tolerances.Float32);
    }

    [Test]
    public void ACheckpoint_ContinuesToExactlyTheSameWeights()
    {
        using FullFineTuner whole = new(s_model, Players.Objective), first = new(s_model, Players.Objective), second = new(s_model, Players.Objective);
        Run(whole, 0, 20);
        Run(first, 0, 12);
        using var checkpoint = new MemoryStream();

        first.SaveCheckpoint(checkpoint);
        checkpoint.Position = 0;
        Run(second, 0, 3);
        second.LoadCheckpoint(checkpoint);
        Run(second, 12, 20);

        Assert.That(second.Steps, Is.EqualTo(20));
        Assert.That(second.Weights(), Is.EqualTo(whole.Weights()));
    }

    [Test]
    public void ACheckpoint_MayFollowOtherContentOfAStream()
    {
        using FullFineTuner first = new(s_model, Players.Objective), second = new(s_model, Players.Objective);
        Run(first, 0, 2);
        using var stream = new MemoryStream();
        stream.Write([1, 2, 3]);

        first.SaveCheckpoint(stream);
        stream.Position = 3;
        second.LoadCheckpoint(stream);

        Assert.That(second.Weights(), Is.EqualTo(first.Weights()));
    }

    [Test]
    public void ACheckpointOfWeightsThatAreNotFinite_IsNotWritten()
    {
        using var tuner = new FullFineTuner(s_model, Players.Objective);
        tuner.Step(s_records, learningRate: 1e300);
        using var checkpoint = new MemoryStream();

        Assert.That(() => tuner.SaveCheckpoint(checkpoint), Throws.TypeOf<TrainingFailedException>().With.Message.Contains("finite"));
        Assert.That(checkpoint.Length, Is.Zero);
    }

    [Test]
    public void ADamagedCheckpoint_IsRefused_AndChangesNothing()
    {
        using var tuner = new FullFineTuner(s_model, Players.Objective);
        Run(tuner, 0, 3);
        byte[] good = Checkpoint(tuner);
        IReadOnlyDictionary<string, float[]> before = tuner.Weights();

        foreach (int length in new[] { 0, 3, 40, good.Length / 2, good.Length - 1 })
            AssertRefused(tuner, good[..length]);
        for (int at = 0; at < good.Length; at += 97)
        {
            byte[] flipped = [.. good];
            flipped[at] ^= 0x10;
            AssertRefused(tuner, flipped);
        }

        AssertRefused(tuner, [.. good, 0]);
        Assert.That(tuner.Weights(), Is.EqualTo(before));
        Assert.That(tuner.Steps, Is.EqualTo(3));
    }

    [Test]
    public void ACheckpointOfAnotherModel_OrOfOtherWeights_IsRefused()
    {
        using FullFineTuner tuner = new(s_model, Players.Objective), other = new(TinyModels.Policy(seed: 2), Players.Objective), fewer = new(s_model, new Objective { ValueName = "hidden", Loss = LossKind.MeanSquaredError });

        Assert.That(() => Load(tuner, Checkpoint(other)), Throws.TypeOf<ModelFormatException>().With.Message.Contains("another model"));
        Assert.That(() => Load(tuner, Checkpoint(fewer)), Throws.TypeOf<ModelFormatException>().With.Message.Contains("other weights"));
        Assert.That(() => Load(fewer, Checkpoint(tuner)), Throws.TypeOf<ModelFormatException>().With.Message.Contains("other weights"));
    }

    [Test]
    public void ALossThatIsNotFinite_IsAnError_AndLeavesTheWeights()
    {
        using var tuner = new FullFineTuner(s_model, Players.Objective);
        IReadOnlyDictionary<string, float[]> before = tuner.Weights();

        Assert.Throws<TrainingFailedException>(() => tuner.Step([Players.Record([float.NaN, 0, 0, 0, 0, 0, 0, 0], Target.Class(0))], 1e-2));

        Assert.That(tuner.Weights(), Is.EqualTo(before));
        Assert.DoesNotThrow(() => tuner.Step(s_records, 1e-2));
    }

    [Test]
    public void RecordsThatDoNotFit_AreRefused_InAnyBatch()
    {
        using var tuner = new FullFineTuner(s_model, Players.Objective);
        tuner.Step(s_records, 1e-2);

        Assert.Throws<InvalidInputException>(() => tuner.Step([], 1e-2));
        Assert.Throws<InvalidInputException>(() => tuner.Step([Players.Record(new float[8], Target.Class(4))], 1e-2));
        Assert.Throws<InvalidInputException>(() => tuner.Step([Players.Record(new float[7], Target.Class(0))], 1e-2));
        Assert.Throws<InvalidInputException>(() => tuner.Evaluate([Players.Record(new float[8], Target.Regression(1))]));
    }

    [Test]
    public void ABatchOfDifferentShapes_IsRefused()
    {
        OnnxModel model = SmallGraphs.Finish(
            new GraphBuilder("any length").Input("x", TensorElementType.Float32, "batch", "length", 4).Initializer("w", Numbers.Normal(16, 1), 4, 4),
            graph => graph.Node("ReduceMean", [graph.Node("MatMul", ["x", "w"])], ["y"], [("axes", new[] { 1 }), ("keepdims", 0)]));
        Interaction Record(int length) => new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new float[4 * length], 1, length, 4) }, Target.Class(0));
        using var tuner = new FullFineTuner(model, new Objective { ValueName = "y" });

        Assert.DoesNotThrow(() => tuner.Step([Record(2), Record(2)], 1e-2));
        Assert.DoesNotThrow(() => tuner.Step([Record(3)], 1e-2));
        Assert.That(() => tuner.Step([Record(2), Record(3)], 1e-2), Throws.TypeOf<InvalidInputException>().With.Message.Contains("record 1"));
    }

    [Test]
    public void AnObjectiveThatDoesNotExist_IsRefused()
    {
        Assert.Throws<InvalidOptionsException>(() => new FullFineTuner(s_model, new Objective { ValueName = "policy" }));
        using var model = new TemporaryModel();
        Assert.Throws<InvalidOptionsException>(() => FullFineTuning.Run(Request(model.Path) with { Objective = new Objective { ValueName = "policy" } }));
    }

    [Test]
    public void ConstantsOfFormulas_AreNotTrained()
    {
        NativeLibtorch.EnsureLoaded();
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start(4)
                .Initializer("w", Numbers.Normal(16, 1), 4, 4).Initializer("gain", Numbers.Normal(4, 2), 4).Initializer("two", [2f]).Initializer("exponents", [2f, 2f, 3f, 1f], 4)
                .Initializer("epsilon", [1e-5f]).Initializer("table", Numbers.Normal(40, 3), 10, 4).Initializer("from", [0L], 1).Initializer("to", [1L], 1),
            graph =>
            {
                string powers = graph.Node("Pow", [graph.Node("Pow", [graph.Node("MatMul", ["x", "w"]), "two"]), "exponents"]);
                string gained = graph.Node("Mul", [graph.Node("Add", [powers, "epsilon"]), "gain"]);
                graph.Node("Add", [gained, graph.Node("Slice", ["table", "from", "to"])], ["y"]);
            });

        using var weights = new FullWeights(model.Graph, "y");

        Assert.That(weights.Names, Is.EqualTo(new[] { "gain", "w" }));
    }

    [Test]
    public void FullFineTuning_HandsOverTheBestWeights()
    {
        using var model = new TemporaryModel();
        TrainingRequest request = Request(model.Path);

        (IReadOnlyDictionary<string, float[]> weights, TrainingSummary summary) = FullFineTuning.Run(request);

        using var judge = new FullFineTuner(s_model.WithInitializers(weights), Players.Objective);
        Assert.That(judge.Evaluate(request.HeldOut), Is.EqualTo(summary.AdaptedLoss).Within(1e-5));
        Assert.That(summary.AdaptedLoss, Is.LessThan(summary.BaseLoss));
    }

    [Test]
    public void FullFineTuning_CanBeCancelled_BeforeAndBetweenSteps()
    {
        using var model = new TemporaryModel();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => FullFineTuning.Run(Request(model.Path), cancelled.Token));

        using var later = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        TrainingRequest endless = Request(model.Path) with { HeldOut = [], Options = new() { MaxEpochs = 100_000_000 } };
        Assert.Throws<OperationCanceledException>(() => FullFineTuning.Run(endless, later.Token));
    }

    [Test]
    public void FullFineTuning_LeavesNoTensorBehind()
    {
        using var model = new TemporaryModel();
        LiveTensors.AssertUnchangedBy(() => FullFineTuning.Run(Request(model.Path)));
        LiveTensors.AssertUnchangedBy(() =>
        {
            using var tuner = new FullFineTuner(s_model, Players.Objective);
            Run(tuner, 0, 3);
            Load(tuner, Checkpoint(tuner));
        });
    }

    private static TrainingRequest Request(string path) =>
        TrainingSessions.Request(s_records, Players.Records(50, seed: 2), new() { LearningRate = 1e-2, BatchSize = 32, MaxEpochs = 3 }) with { ModelPath = path };

    private static void Run(FullFineTuner tuner, int from, int to)
    {
        for (int step = from; step < to; step++)
            tuner.Step(s_records[(step % 3 * 32)..(step % 3 * 32 + 32)], 1e-3 * (step + 1));
    }

    private static byte[] Checkpoint(FullFineTuner tuner)
    {
        using var stream = new MemoryStream();
        tuner.SaveCheckpoint(stream);
        return stream.ToArray();
    }

    private static void Load(FullFineTuner tuner, byte[] checkpoint)
    {
        using var stream = new MemoryStream(checkpoint);
        tuner.LoadCheckpoint(stream);
    }

    private static void AssertRefused(FullFineTuner tuner, byte[] checkpoint) => Assert.Throws<ModelFormatException>(() => Load(tuner, checkpoint));

    private sealed class TemporaryModel : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public TemporaryModel() => s_model.Save(Path);

        public string Path => _folder.File("model.onnx");

        public void Dispose() => _folder.Dispose();
    }
}
