using LoraEdge.Training.Population;
using LoraEdge.Training.Tests.Execution;

namespace LoraEdge.Training.Tests.Sequences;

/// <summary>Training on sequences from start to end.</summary>
[NonParallelizable]
public sealed class SequenceTrainingTests
{
    private static readonly OnnxModel s_model = RecurrentModels.Gru();
    private static readonly Interaction[] s_records = [.. Enumerable.Range(0, 24).Select(i => RecurrentModels.Sequence(3 + i % 9, seed: i, withoutTarget: [1], starts: [i % 2 * 5]))];
    private static readonly Interaction[] s_heldOut = [.. Enumerable.Range(0, 9).Select(i => RecurrentModels.Sequence(2 + i, seed: 100 + i, withoutTarget: [1], starts: [i % 2 * 5]))];

    /// <summary>A coin toss has a loss of 0.693, and that is all there is to say from the last steps.</summary>
    [Test]
    public void WhatHasToBeRemembered_IsLearnedThroughTime_AndNotFromSingleSteps()
    {
        TrainingSummary throughTime = TrainingSessions.Train(MemoryTask.Model(), MemoryTask.Request(truncation: 64)).Training;
        TrainingSummary stepByStep = TrainingSessions.Train(MemoryTask.Model(), MemoryTask.Request(truncation: 1)).Training;

        Assert.That(throughTime.AdaptedLoss, Is.LessThan(0.05));
        Assert.That(stepByStep.AdaptedLoss, Is.GreaterThan(0.5));
    }

    [Test]
    public void TheSummary_StatesTheLossThatOnnxRuntimeHas_StepByStepOnTheMergedModel()
    {
        OnnxModel model = RecurrentModels.Tanh();

        Adapter adapter = TrainingSessions.Train(model, Request());

        Assert.That(adapter.Training.BaseLoss, Is.EqualTo(SequenceLoss.Of(model, s_heldOut)).Within(1e-5));
        Assert.That(adapter.Training.AdaptedLoss, Is.EqualTo(SequenceLoss.Of(SequenceLoss.Merged(model, adapter), s_heldOut)).Within(1e-5));
        Assert.That(adapter.Training.AdaptedLoss, Is.LessThan(adapter.Training.BaseLoss));
        Assert.That((adapter.Training.Records, adapter.Training.HeldOutRecords), Is.EqualTo((s_records.Length, s_heldOut.Length)));
    }

    /// <summary>Gradients are larger by a factor where weights are in float16; the loss and what is learned are not.</summary>
    [TestCase(WeightType.Float16)]
    [TestCase(WeightType.BFloat16)]
    public void HalfPrecisionWeights_LearnAsTheFullOnesDo(WeightType type)
    {
        TrainingRequest request = Request();

        TrainingSummary full = TrainingSessions.Train(s_model, request).Training;
        TrainingSummary half = TrainingSessions.Train(s_model, request with { Options = request.Options with { WeightType = type } }).Training;

        Assert.That(half.BaseLoss, Is.EqualTo(full.BaseLoss).Within(1e-2));
        Assert.That(half.AdaptedLoss, Is.EqualTo(full.AdaptedLoss).Within(1e-2).And.LessThan(half.BaseLoss));
    }

    /// <summary>One position a step, with ignored ones where others have no target.</summary>
    [Test]
    public void ALossOfPositions_IsThatOfClasses_StepByStep()
    {
        GraphBuilder graph = Inputs().Initializer("wo", Numbers.Normal(8, 2), 4, 2).Initializer("second", [1L], 1);
        graph.Node("Tanh", [graph.Node("Add", [graph.Node("MatMul", ["x", "w"]), "state"])], ["next"]);
        graph.Node("MatMul", ["next", "wo"], ["logits"]);
        graph.Node("Unsqueeze", ["logits", "second"], ["positions"]);
        OnnxModel model = Outputs(graph);
        Interaction[] Records(Func<int, Target> target) => [.. Enumerable.Range(0, 4).Select(seed =>
            Interaction.Sequence([.. Enumerable.Range(0, 5).Select(step => RecurrentModels.Step(Numbers.Normal(RecurrentModels.In, seed * 10 + step), target(step)))]))];
        TrainingRequest Request(string value, LossKind loss, Interaction[] records) => Small() with
        {
            Objective = RecurrentModels.Objective with { ValueName = value, Loss = loss },
            Records = records,
            HeldOut = records,
        };

        TrainingSummary classes = TrainingSessions.Train(model, Request("logits", LossKind.CrossEntropy, Records(step => step == 2 ? Target.None : Target.Class(step % 2)))).Training;
        TrainingSummary positions = TrainingSessions.Train(model, Request("positions", LossKind.SequenceCrossEntropy, Records(step => Target.Sequence(step == 2 ? -100 : step % 2)))).Training;

        Assert.That(positions.BaseLoss, Is.EqualTo(classes.BaseLoss).Within(1e-5));
        Assert.That(positions.AdaptedLoss, Is.EqualTo(classes.AdaptedLoss).Within(1e-4).And.LessThan(positions.BaseLoss));
    }

    [Test]
    public void ARegression_HasTheMeanErrorOfItsElements_StepByStep()
    {
        OnnxModel model = RecurrentModels.Tanh();
        Interaction[] records = [.. s_records.Select(record => Interaction.Sequence([.. record.Steps.Select((step, index) =>
            step.Target.IsNone ? step : step with { Target = Target.Regression(Numbers.Normal(RecurrentModels.Classes, index)) })]))];
        TrainingRequest request = Request() with { Objective = RecurrentModels.Objective with { Loss = LossKind.MeanSquaredError }, Records = records, HeldOut = records };

        TrainingSummary summary = TrainingSessions.Train(model, request).Training;

        Assert.That(summary.BaseLoss, Is.EqualTo(SequenceLoss.OfSquares(model, records)).Within(1e-5));
        Assert.That(summary.AdaptedLoss, Is.LessThan(summary.BaseLoss));
    }

    /// <summary>A class that is not even possible where nothing was chosen must not spoil the loss: minus infinity times zero is not a number.</summary>
    [Test]
    public void AStepWithoutATarget_MayRuleOutAnyClass()
    {
        GraphBuilder graph = Inputs().Input("mask", TensorElementType.Float32, "batch", 2).Initializer("wo", Numbers.Normal(8, 2), 4, 2);
        graph.Node("Tanh", [graph.Node("Add", [graph.Node("MatMul", ["x", "w"]), "state"])], ["next"]);
        graph.Node("Add", [graph.Node("MatMul", ["next", "wo"]), "mask"], ["logits"]);
        Interaction Masked(Interaction step, float mask) => step with { Inputs = new Dictionary<string, HostTensor>(step.Inputs) { ["mask"] = HostTensor.From([mask, 0f], 1, 2) } };
        Interaction[] records = [.. Small().Records.Select((record, row) => Interaction.Sequence([.. record.Steps.Select((step, index) =>
            index == row % 3 ? Masked(step, float.NegativeInfinity) with { Target = Target.None } : Masked(step, 0))]))];

        TrainingSummary summary = TrainingSessions.Train(Outputs(graph), Small() with { Records = records, HeldOut = records }).Training;

        Assert.That(summary.AdaptedLoss, Is.LessThan(summary.BaseLoss));
    }

    [TestCase(AdaptationMethod.LoraFa, 1)]
    [TestCase(AdaptationMethod.Lora, 2)]
    public void TheSameSeedTwice_GivesByteIdenticalFiles(AdaptationMethod method, int rank)
    {
        TrainingOptions options = new() { Method = method, Rank = rank, LearningRate = 1e-2, BatchSize = 4, SamplingSeed = 5, MaxEpochs = 2 };

        byte[] first = AdapterFile.Write(TrainingSessions.Train(s_model, Request(options)), AdapterPrecision.Float32);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        byte[] second = AdapterFile.Write(TrainingSessions.Train(s_model, Request(options)), AdapterPrecision.Float32);
        byte[] other = AdapterFile.Write(TrainingSessions.Train(s_model, Request(options with { SamplingSeed = 6 })), AdapterPrecision.Float32);

        Assert.That(second, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first));
    }

    [Test]
    public void Training_LeavesNoTensorBehind()
    {
        TrainingRequest request = Request() with { Objective = RecurrentModels.Objective with { BurnIn = 1, TruncationLength = 3 } };
        TrainingRequest broken = request with { Records = [.. s_records, Interaction.Sequence([RecurrentModels.Step([1, float.NaN, 0], Target.None), .. s_records[1].Steps])] };
        TrainingSessions.Train(s_model, request);

        LiveTensors.AssertUnchangedBy(() => TrainingSessions.Train(s_model, request));
        LiveTensors.AssertUnchangedBy(() => TrainingSessions.Train(s_model, request with { Options = request.Options with { MemoryTargetMegabytes = 1e-4 } }));
        LiveTensors.AssertUnchangedBy(() => TrainingSessions.With(s_model, request, session => session.Step()));
        LiveTensors.AssertUnchangedBy(() => Assert.Throws<TrainingFailedException>(() => TrainingSessions.Train(s_model, broken)));
    }

    /// <summary>The LSTM of an ML-Agents policy, with its memory in and out; the objective is the input of its final Softmax.</summary>
    [TestCase(64)]
    [TestCase(3)]
    public void Hallway_LearnsFixedSequences(int truncation)
    {
        OnnxModel model = OnnxModel.Load(TestData.Require("models/mlagents/Hallway.onnx"));
        Interaction[] records = [.. Enumerable.Range(0, 6).Select(seed => Interaction.Sequence([.. Enumerable.Range(0, 5).Select(step => Hallway(seed, step))]))];
        TrainingRequest request = new()
        {
            ModelPath = "",
            Objective = new() { ValueName = "72", States = [new("recurrent_in", "recurrent_out")], TruncationLength = truncation },
            Records = records,
            HeldOut = records,
            Options = new() { LearningRate = 1e-2, BatchSize = 6, MaxEpochs = 40, TrustRegion = 5 },
        };

        Adapter adapter = TrainingSessions.Train(model, request);

        Assert.That(adapter.Training.AdaptedLoss, Is.LessThan(adapter.Training.BaseLoss * 0.9));
        Assert.That(adapter.Targets.Select(target => target.B), Has.All.Some.Not.Zero);
    }

    [Test]
    public void FullFineTuning_LearnsSequences()
    {
        using var tuner = new FullFineTuner(s_model, RecurrentModels.Objective);
        double before = tuner.Evaluate(s_records);
        for (int i = 0; i < 20; i++)
            tuner.Step(s_records, learningRate: 1e-2);

        Assert.That(tuner.Evaluate(s_records), Is.LessThan(before * 0.9));
        Assert.That(tuner.Weights().Keys, Is.EquivalentTo(new[] { "b", "r", "w", "wo" }));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void APopulation_PractisesOnSequences(bool trainsModel)
    {
        using var tuner = new PopulationTuner(RecurrentModels.Tanh(), RecurrentModels.Objective, people: 1, new() { TrainsModel = trainsModel });
        double before = tuner.Step(0, s_records, 1e-2, 1e-2), after = before;
        for (int i = 0; i < 20; i++)
            after = tuner.Step(0, s_records, 1e-2, 1e-2);

        Assert.That(after, Is.LessThan(before * 0.95));
    }

    /// <summary>Nothing flows back through a rounding, but each step is still learned by what it puts out.</summary>
    [Test]
    public void AStateThatHasNoGradient_IsCarried_AndTheStepsAreLearnedByTheirOutputs()
    {
        GraphBuilder graph = Inputs().Initializer("wo", Numbers.Normal(8, 2), 4, 2);
        string whole = graph.Node("Cast", [graph.Node("Add", [graph.Node("MatMul", ["x", "w"]), "state"], ["hidden"])], attributes: [("to", OnnxDataType.Int32)]);
        graph.Node("Cast", [whole], ["next"], [("to", OnnxDataType.Float)]);
        graph.Node("MatMul", ["hidden", "wo"], ["logits"]);
        OnnxModel model = Outputs(graph);

        Adapter adapter = TrainingSessions.Train(model, Small());

        Assert.That(adapter.Training.AdaptedLoss, Is.LessThan(adapter.Training.BaseLoss));
        Assert.That(adapter.Targets, Has.Count.EqualTo(2));
    }

    [Test]
    public void AWeightThatReachesTheObjectiveByWayOfTheState_IsAdapted()
    {
        OnnxModel model = Delayed();

        Adapter adapter = TrainingSessions.Train(model, Small());

        Assert.That(adapter.Training.AdaptedLoss, Is.LessThan(adapter.Training.BaseLoss));
        Assert.That(adapter.Targets, Has.Count.EqualTo(1));
        Assert.That(
            () => TrainingSessions.Train(model, Small() with { Objective = RecurrentModels.Objective with { TruncationLength = 1 } }),
            Throws.TypeOf<InvalidOptionsException>().With.Message.Contains("within 1 steps"));
    }

    [Test]
    public void AStateThatTheObjectiveDoesNotDependOn_IsNotRun()
    {
        GraphBuilder graph = Inputs().Initializer("unused", Numbers.Normal(16, 2), 4, 4);
        graph.Node("StringNormalizer", [graph.Node("MatMul", ["state", "unused"])], ["next"]);
        graph.Node("Slice", [graph.Node("MatMul", ["x", "w"]), "from", "to", "axis"], ["logits"]);
        OnnxModel model = Outputs(graph.Initializer("from", [0L], 1).Initializer("to", [2L], 1).Initializer("axis", [1L], 1));

        Adapter adapter = TrainingSessions.Train(model, Small());

        Assert.That(adapter.Training.AdaptedLoss, Is.LessThan(adapter.Training.BaseLoss));
        Assert.That(adapter.Targets, Has.Count.EqualTo(1));
    }

    /// <summary>x (batch, 3) with a weight w (3, 4) and a state (batch, 4).</summary>
    private static GraphBuilder Inputs() => new GraphBuilder("small").Input("x", TensorElementType.Float32, "batch", RecurrentModels.In).Input("state", TensorElementType.Float32, "batch", 4)
        .Initializer("w", Numbers.Normal(12, 1), RecurrentModels.In, 4);

    private static OnnxModel Outputs(GraphBuilder graph) => graph.Output("logits", TensorElementType.Float32, "batch", 2).Output("next", TensorElementType.Float32, "batch", 4).Build();

    /// <summary>What a step puts out is what the one before it saw.</summary>
    private static OnnxModel Delayed()
    {
        GraphBuilder graph = Inputs().Initializer("from", [0L], 1).Initializer("to", [2L], 1).Initializer("axis", [1L], 1);
        graph.Node("MatMul", ["x", "w"], ["next"]);
        graph.Node("Slice", ["state", "from", "to", "axis"], ["logits"]);
        return Outputs(graph);
    }

    private static TrainingRequest Small()
    {
        Interaction[] records = [.. Enumerable.Range(0, 8).Select(seed => Interaction.Sequence([.. Enumerable.Range(0, 4).Select(step =>
            RecurrentModels.Step(Numbers.Normal(RecurrentModels.In, seed * 10 + step), Target.Class(0)))]))];
        return Request(new() { LearningRate = 1e-2, BatchSize = 4 }) with { Records = records, HeldOut = records };
    }

    private static TrainingRequest Request(TrainingOptions? options = null) => new()
    {
        ModelPath = "",
        Objective = RecurrentModels.Objective,
        Records = s_records,
        HeldOut = s_heldOut,
        Options = options ?? new() { LearningRate = 1e-2, BatchSize = 4, MaxEpochs = 3 },
    };

    private static Interaction Hallway(int seed, int step)
    {
        var inputs = new Dictionary<string, HostTensor>
        {
            ["obs_0"] = HostTensor.From(Numbers.Normal(105, seed * 100 + step), 1, 105),
            ["obs_1"] = HostTensor.From(Numbers.Normal(3, seed * 100 + step + 50), 1, 3),
            ["action_masks"] = HostTensor.From([1f, 1, 1, 1, 1], 1, 5),
        };
        return new Interaction(inputs, step == 1 ? Target.None : Target.Class((seed + step) % 5)) { StartsEpisode = step == 0 };
    }
}
