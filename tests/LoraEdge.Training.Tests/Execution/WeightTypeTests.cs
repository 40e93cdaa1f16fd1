using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Records;
using LoraEdge.Training.Tests.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Execution;

/// <summary>Frozen weights in half precision: close to float32, and everything that is trained stays in float32.</summary>
public sealed class WeightTypeTests
{
    private static readonly Placement s_half = new(CPU, ScalarType.Float16);
    private static readonly Placement s_brain = new(CPU, ScalarType.BFloat16);

    private static IEnumerable<TestCaseData> Types =>
    [
        new TestCaseData(ScalarType.Float16, Tolerances.Float16).SetArgDisplayNames("float16"),
        new TestCaseData(ScalarType.BFloat16, Tolerances.BFloat16).SetArgDisplayNames("bfloat16"),
    ];

    [TestCaseSource(nameof(Types))]
    public void AnMlp_ComputesNearlyAsOnnxRuntime(ScalarType type, double tolerance) =>
        AssertNear(TinyModels.Policy(), HostTensor.From(Numbers.Normal(64 * 8, 4), 64, 8), "logits", type, tolerance);

    [TestCaseSource(nameof(Types))]
    public void AConvolutionalNet_ComputesNearlyAsOnnxRuntime(ScalarType type, double tolerance) =>
        AssertNear(ConvolutionalNet(), HostTensor.From(Numbers.Normal(5 * 3 * 8 * 8, 4), 5, 3, 8, 8), "y", type, tolerance);

    /// <summary>Two products with residuals between them in each of six layers, and each product rounds.</summary>
    [TestCaseSource(nameof(Types))]
    public void ALanguageModel_ComputesNearlyAsOnnxRuntime(ScalarType type, double tolerance)
    {
        OnnxModel model = OnnxModel.Load(TestData.Require("models/stories15M/stories15M.onnx"));
        var random = new Random(3);

        AssertNear(model, HostTensor.From([.. Enumerable.Range(0, 33).Select(_ => random.NextInt64(32000))], 1, 33), "logits", type, 4 * tolerance);
    }

    [TestCaseSource(typeof(LayerModels), nameof(LayerModels.All))]
    public void EveryKindOfLayer_HasNearlyTheResultAndTheGradientsOfFloat32(LayerModel layer)
    {
        OnnxModel model = layer.Build();
        using LowRankWeights weights = Branches.On(model, rank: 2, scale: 0.8f).Randomised(seed: 1, deviation: 0.2);
        using var exact = new GradientCheck(model, weights, layer.Inputs);
        using var half = new GradientCheck(model, weights, layer.Inputs, s_half);
        using var brain = new GradientCheck(model, weights, layer.Inputs, s_brain);

        float[][] expected = exact.Gradients(), inHalf = half.Gradients(), inBrain = brain.Gradients(), again = half.RecomputedGradients();

        for (int i = 0; i < expected.Length; i++)
        {
            Numbers.AssertClose(inHalf[i], expected[i], 2 * Tolerances.Float16);
            Numbers.AssertClose(inBrain[i], expected[i], 2 * Tolerances.BFloat16);
            Numbers.AssertClose(again[i], inHalf[i], Tolerances.Float32);
        }

        Assert.That(weights.Parameters.Select(parameter => parameter.dtype), Is.All.EqualTo(ScalarType.Float32));
    }

    /// <summary>The branch is computed in float32: rounded, this change would be lost beside numbers that are 1,000 times larger.</summary>
    [Test]
    public void TheBranch_IsNotRounded()
    {
        OnnxModel model = SmallGraphs.Finish(SmallGraphs.Start().Initializer("w", [.. Enumerable.Repeat(1f, 20)], 5, 4), graph => graph.Node("MatMul", ["x", "w"], ["y"]));
        using LowRankWeights weights = Branches.On(model).Randomised(seed: 1, deviation: 0.01);
        using var executor = new GraphExecutor(model, weights, s_brain);
        HostTensor x = HostTensor.From([1f, 1, 1, 1, 1], 1, 5);

        float[] y = Run(executor, x, "x", "y");

        LowRankBranch branch = weights.Branches.Single();
        float z = branch.A.ToFloats().Sum();
        Numbers.AssertClose([.. y.Select(value => value - 5)], [.. branch.B.ToFloats().Select(b => b * z)], 5e-3);
    }

    [Test]
    public void ALookUp_GivesTheRoundedRows()
    {
        float[] table = Numbers.Normal(12, 5);
        OnnxModel model = SmallGraphs.Finish(
            new GraphBuilder("table").Input("ids", TensorElementType.Int64, "batch").Initializer("t", table, 4, 3), graph => graph.Node("Gather", ["t", "ids"], ["y"]), "batch", 3);
        using var executor = new GraphExecutor(model, null, s_half);

        float[] rows = Run(executor, HostTensor.From([2L, -1], 2), "ids", "y");

        Assert.That(rows, Is.EqualTo(table[6..12].Select(value => (float)(Half)value)));
    }

    [TestCase("MatMul", true)]
    [TestCase("behind Transpose", true)]
    [TestCase("behind Identity", true)]
    [TestCase("FusedMatMul", true)]
    [TestCase("Attention", true)]
    [TestCase("Gather and Transpose and MatMul", true)]
    [TestCase("depthwise Conv", true)]
    [TestCase("read by other nodes too", false)]
    [TestCase("attention over constant keys and values", false)]
    [TestCase("FusedMatMul with transA", false)]
    [TestCase("bidirectional LSTM", false)]
    [TestCase("behind Cast from float16", false)]
    public void AWeight_IsHeldInHalfPrecision_WhereOnlyProductsAndLookUpsReadIt(string name, bool isHeld)
    {
        OnnxModel model = LayerModels.All.Single(layer => layer.Name == name).Build();
        using var weights = new WeightTensors(s_half);
        Dictionary<string, Tensor> inputs = LayerModels.All.Single(layer => layer.Name == name).Inputs.ToTorch();
        using (GraphPlan plan = new PlanBuilder(model, weights, null, new RunLimits()).Build(inputs, ["y"]))
            Assert.That(plan.Constants.Any(constant => constant.Value.dtype == ScalarType.Float16), Is.EqualTo(isHeld));
        inputs.Values.DisposeAll();
    }

    [Test]
    public void AWeightBeyondTheRangeOfFloat16_BecomesItsLargestNumber()
    {
        OnnxModel model = SmallGraphs.Finish(SmallGraphs.Start(1).Initializer("w", [1e6f, -1e6f, 2, 0], 1, 4), graph => graph.Node("MatMul", ["x", "w"], ["y"]));
        using var executor = new GraphExecutor(model, null, s_half);

        Assert.That(Run(executor, HostTensor.From([1f], 1, 1), "x", "y"), Is.EqualTo(new[] { 65504f, -65504, 2, 0 }));
    }

    /// <summary>
    /// A class of 32,768 and a record of 256 have a gradient of 1e-7, a step or two of float16: many would become 0, and the
    /// columns of the head have a mean that would then not cancel.
    /// </summary>
    [Test]
    public void GradientsTooSmallForFloat16_AreThoseOfFloat32()
    {
        const int Classes = 32768, Batch = 256;
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start().Initializer("w", Numbers.Normal(5 * 4, 1, 0.5), 5, 4).Initializer("head", [.. Numbers.Normal(4 * Classes, 2).Select(value => value + 2)], 4, Classes),
            graph => graph.Node("MatMul", [graph.Node("Tanh", [graph.Node("MatMul", ["x", "w"])]), "head"], ["y"]), "batch", Classes);
        Interaction[] records = [.. Enumerable.Range(0, Batch).Select(i => Players.Record(Numbers.Normal(5, i), Target.Class(i)))];

        float[][] exact = Gradients(model, records, Placement.Default), half = Gradients(model, records, s_half);

        for (int i = 0; i < exact.Length; i++)
            Numbers.AssertClose(half[i], exact[i], 2 * Tolerances.Float16);
    }

    [Test]
    public void GradientsTooLargeForFloat16_LowerTheScale_AndTrainingGoesOn()
    {
        TrainingRequest request = TrainingSessions.Request([.. Players.Records(32, seed: 1).Select(record => record with { Target = Target.Regression(40000, -40000, 0, 0) })], [], new() { WeightType = WeightType.Float16, MaxEpochs = 3 })
            with { Objective = new() { ValueName = "logits", Loss = LossKind.MeanSquaredError } };

        Assert.That(TrainingSessions.Train(TinyModels.Policy(), request).Training.Steps, Is.EqualTo(3));
    }

    [TestCase(WeightType.Float16)]
    [TestCase(WeightType.BFloat16)]
    public void Training_LowersTheLoss_OfTheFloat32Model(WeightType type)
    {
        Interaction[] records = Players.Records(200, seed: 1), heldOut = Players.Records(60, seed: 2);
        TrainingOptions options = new() { LearningRate = 1e-2, BatchSize = 32, WeightType = type };

        Adapter adapter = TrainingSessions.Train(TinyModels.Policy(), TrainingSessions.Request(records, heldOut, options));
        Adapter exact = TrainingSessions.Train(TinyModels.Policy(), TrainingSessions.Request(records, heldOut, options with { WeightType = WeightType.Float32 }));

        Interaction[] later = Players.Records(200, seed: 3);
        Assert.That(PolicyLoss.Of(adapter, later), Is.LessThan(PolicyLoss.Of(null, later) * 0.95));
        Assert.That(adapter.Training.AdaptedLoss, Is.EqualTo(PolicyLoss.Of(adapter, heldOut)).Within(1e-2), "the figure of training holds for the model that is served");
        Assert.That(AdapterFile.Write(adapter), Has.Length.EqualTo(AdapterFile.Write(exact).Length));
        foreach ((AdapterTarget one, AdapterTarget other) in adapter.Targets.Zip(exact.Targets))
        {
            Assert.That((one.InitializerIndex, one.OutFeatures), Is.EqualTo((other.InitializerIndex, other.OutFeatures)));
            Numbers.AssertClose(one.B, other.B, 0.2);
        }
    }

    [Test]
    public void Training_LowersTheLoss_OfAConvolutionalNet([Values(WeightType.Float16, WeightType.BFloat16)] WeightType type, [Values] AdaptationMethod method)
    {
        Interaction[] records = [.. Enumerable.Range(0, 40).Select(i => Image(i))];
        TrainingRequest request = new()
        {
            ModelPath = "",
            Objective = new() { ValueName = "y" },
            Records = records,
            HeldOut = records,
            Options = new() { LearningRate = 5e-2, BatchSize = 20, MaxEpochs = 20, WeightType = type, Method = method, MemoryTargetMegabytes = 0.01 },
        };

        TrainingSummary summary = TrainingSessions.Train(ConvolutionalNet(), request).Training;

        Assert.That(summary.AdaptedLoss, Is.LessThan(summary.BaseLoss * 0.9));
    }

    [TestCase(WeightType.Float16)]
    [TestCase(WeightType.BFloat16)]
    public void Training_LowersTheLoss_OfALanguageModel(WeightType type)
    {
        var random = new Random(4);
        long[] tokens = [.. Enumerable.Range(0, 16).Select(_ => random.NextInt64(32000))];
        Interaction record = new(new Dictionary<string, HostTensor> { ["input_ids"] = HostTensor.From(tokens, 1, tokens.Length) }, Target.Sequence([.. tokens.Skip(1), -100]));
        TrainingRequest request = new()
        {
            ModelPath = TestData.Require("models/stories15M/stories15M.onnx"),
            Objective = new() { ValueName = "logits", Loss = LossKind.SequenceCrossEntropy },
            Records = [record],
            HeldOut = [record],
            Options = new() { LearningRate = 3e-3, MaxEpochs = 5, EvaluationsPerEpoch = 1, WeightType = type },
        };
        using var trainer = new LoraFaTrainer();
        using ITrainingSession session = trainer.Start(request);
        while (session.Step())
        {
        }

        TrainingSummary summary = session.Complete().Training;
        Assert.That(summary.AdaptedLoss, Is.LessThan(summary.BaseLoss - 0.1));
    }

    private static float[][] Gradients(OnnxModel model, Interaction[] records, Placement placement)
    {
        using LowRankWeights weights = Branches.On(model).Randomised(seed: 1);
        using var pass = new LossPass(model, new() { ValueName = "y" }, weights, null, placement);
        using RecordBatch batch = RecordBatcher.Create(records, 1);
        pass.Backward(batch);
        return [.. weights.Parameters.Select(parameter => parameter.grad!.ToFloatsAndDispose().Select(value => (float)(value / pass.GradientScale)).ToArray())];
    }

    private static void AssertNear(OnnxModel model, HostTensor input, string output, ScalarType type, double tolerance)
    {
        string name = model.Graph.Inputs.Single().Name;
        float[] expected = OnnxRuntimeReference.Run(model, new Dictionary<string, HostTensor> { [name] = input })[output].AsSpan<float>().ToArray();
        using var executor = new GraphExecutor(model, null, new Placement(CPU, type));

        float[] actual = Run(executor, input, name, output);

        Numbers.AssertClose(actual, expected, tolerance);
        Assert.That(actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max(), Is.GreaterThan(10 * Tolerances.Float32 * expected.Max(Math.Abs)), "nothing was rounded");
    }

    private static float[] Run(GraphExecutor executor, HostTensor input, string name, string output)
    {
        using var _ = no_grad();
        using Tensor x = input.ToTorch();
        return executor.Run(new Dictionary<string, Tensor> { [name] = x }, output).Single().ToFloatsAndDispose();
    }

    private static Interaction Image(int seed)
    {
        float[] pixels = Numbers.Normal(3 * 8 * 8, seed);
        return new(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(pixels, 1, 3, 8, 8) }, Target.Class(pixels[..64].Sum() > 0 ? 1 : 0));
    }

    /// <summary>Two convolutions, one of them in groups, a transposed one, and a linear layer: <c>x (batch, 3, 8, 8)</c> to <c>y (batch, 4)</c>.</summary>
    private static OnnxModel ConvolutionalNet()
    {
        GraphBuilder graph = new GraphBuilder("convolutions").Input("x", TensorElementType.Float32, "batch", 3, 8, 8)
            .Initializer("c1", Numbers.Normal(6 * 3 * 9, 1, 0.2), 6, 3, 3, 3).Initializer("b1", Numbers.Normal(6, 2, 0.1), 6)
            .Initializer("c2", Numbers.Normal(6 * 2 * 9, 3, 0.3), 6, 2, 3, 3)
            .Initializer("c3", Numbers.Normal(6 * 4 * 4, 4, 0.3), 6, 4, 2, 2).Initializer("b3", Numbers.Normal(4, 5, 0.1), 4)
            .Initializer("w", Numbers.Normal(4 * 64 * 4, 6, 0.1), 4 * 64, 4);
        string first = graph.Node("Relu", [graph.Node("Conv", ["x", "c1", "b1"], attributes: [("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 })])]);
        string second = graph.Node("Relu", [graph.Node("Conv", [first, "c2"], attributes: [("pads", new[] { 1, 1, 1, 1 }), ("group", 3)])]);
        string third = graph.Node("ConvTranspose", [second, "c3", "b3"], attributes: [("strides", new[] { 2, 2 })]);
        graph.Node("MatMul", [graph.Node("Flatten", [third]), "w"], ["y"]);
        return graph.Output("y", TensorElementType.Float32, "batch", 4).Build();
    }
}
