using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Tests.Adaptation;
using LoraEdge.Training.Tests.Operators;
using LoraEdge.Training.Tests.Sequences;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests;

/// <summary>Execution and training on a GPU. Build the tests with <c>-p:LoraEdgeTorch=cuda</c> on a machine that has one.</summary>
[NonParallelizable]
public sealed class CudaTests
{
    /// <summary>Sums of float32 in another order, and the GPU's own exponentials.</summary>
    private const double Tolerance = 1e-4;

    private static readonly OnnxModel s_model = TinyModels.Policy();
    private static readonly Interaction[] s_records = Players.Records(200, seed: 1);
    private static readonly Interaction[] s_heldOut = Players.Records(60, seed: 2);

    private static Device Gpu => new(DeviceType.CUDA, 0);

    [OneTimeSetUp]
    public void RequireCuda()
    {
        if (CudaRuntime.ProblemWith(0) is { } problem)
            Assert.Ignore($"No CUDA device. {problem}");
    }

    [Test]
    public void EveryNode_ComputesAsOnTheCpu() => Assert.Multiple(() =>
    {
        foreach (OperatorCase node in OperatorTests.Cases)
            Assert.That(DifferenceOf(node), Is.Null, node.ToString());
    });

    [Test]
    public void EveryKindOfLayer_HasTheGradientsOfTheCpu([Values] WeightType type)
    {
        Placement placement = Placement.Of(new() { Device = TrainingDevice.Cuda(), WeightType = type });
        double tolerance = type switch { WeightType.Float16 => 2 * Tolerances.Float16, WeightType.BFloat16 => 2 * Tolerances.BFloat16, _ => Tolerance };
        foreach (LayerModel layer in LayerModels.All)
        {
            OnnxModel model = layer.Build();
            using LowRankWeights onCpu = Branches.On(model, rank: 2).Randomised(seed: 1, deviation: 0.2), onGpu = Branches.On(model, rank: 2, device: Gpu).Randomised(seed: 1, deviation: 0.2);
            using var expected = new GradientCheck(model, onCpu, layer.Inputs);
            using var actual = new GradientCheck(model, onGpu, layer.Inputs, placement);
            foreach ((float[] gradient, float[] reference) in actual.Gradients().Concat(actual.RecomputedGradients()).Zip(expected.Gradients().Concat(expected.RecomputedGradients())))
                Numbers.AssertClose(gradient, reference, tolerance);
        }
    }

    [Test]
    public void Sequences_HaveTheGradientsOfTheCpu([Values(null, 1L)] long? memoryTarget)
    {
        OnnxModel model = RecurrentModels.Gru();
        Interaction[] records = [RecurrentModels.Sequence(7, seed: 1, withoutTarget: [2]), RecurrentModels.Sequence(5, seed: 2, starts: [3])];
        float[][] Gradients(Device device, Placement placement)
        {
            using LowRankWeights weights = Branches.On(model, rank: 2, device: device).Randomised(seed: 1);
            using var pass = new LossPass(model, RecurrentModels.Objective with { BurnIn = 1, TruncationLength = 4 }, weights, new LossMemory(memoryTarget), placement);
            pass.Backward(records, RecurrentModels.Classes);
            return [.. weights.Parameters.Select(parameter => parameter.grad!.cpu().ToFloatsAndDispose())];
        }

        foreach ((float[] actual, float[] expected) in Gradients(Gpu, Placement.On(TrainingDevice.Cuda())).Zip(Gradients(CPU, Placement.Default)))
            Numbers.AssertClose(actual, expected, Tolerance);
    }

    [Test]
    public void TheOptimizer_MovesParametersAsOnTheCpu()
    {
        float[][] values = [Numbers.Normal(37, 1), Numbers.Normal(5, 2), Numbers.Normal(12, 3)];
        (double Norm, float[][] Values) expected = Optimize(values, CPU), actual = Optimize(values, Gpu);

        Assert.That(actual.Norm, Is.EqualTo(expected.Norm).Within(1e-4).Percent);
        foreach ((float[] one, float[] other) in actual.Values.Zip(expected.Values))
            Numbers.AssertClose(one, other, Tolerances.Float32);
    }

    [Test]
    public void Training_LowersTheLoss([Values] AdaptationMethod method, [Values] WeightType type)
    {
        TrainingOptions options = new() { Device = TrainingDevice.Cuda(), Method = method, WeightType = type, LearningRate = 1e-2, BatchSize = 32, MemoryTargetMegabytes = 1 };

        Adapter adapter = TrainingSessions.Train(s_model, TrainingSessions.Request(s_records, s_heldOut, options));

        Assert.That(adapter.Training.AdaptedLoss, Is.LessThan(adapter.Training.BaseLoss));
        Assert.That(adapter.Training.AdaptedLoss, Is.EqualTo(PolicyLoss.Of(adapter, s_heldOut)).Within(1e-2));
    }

    [Test]
    public void FullFineTuning_LowersTheLoss_AndGoesOnFromACheckpoint()
    {
        using var tuner = new FullFineTuner(s_model, Players.Objective, device: TrainingDevice.Cuda());
        double first = tuner.Step(s_records, 1e-2), second = tuner.Step(s_records, 1e-2);
        using var checkpoint = new MemoryStream();
        tuner.SaveCheckpoint(checkpoint);
        checkpoint.Position = 0;
        tuner.LoadCheckpoint(checkpoint);

        Assert.That(second, Is.LessThan(first));
        Assert.That(tuner.Step(s_records, 1e-2), Is.LessThan(second));
    }

    [Test]
    public void APause_GivesMemoryBackToTheDriver()
    {
        OnnxModel model = OnnxModel.Load(TestData.Require("models/stories15M/stories15M.onnx"));
        CudaMemory memory = CudaMemory.Of(0)!;
        Assert.That(memory, Is.Not.Null, "the device has no memory pools");
        using var executor = new GraphExecutor(model, null, new Placement(Gpu, ScalarType.Float32));
        Run(executor);
        long used = memory.Used;

        executor.ReleaseCaches();

        Assert.That(used - memory.Used, Is.GreaterThan(50L << 20), "60 MB of weights");
        Assert.DoesNotThrow(() => Run(executor));
    }

    [Test]
    public void ACapThatIsTooLow_EndsTraining_WithTheFigures()
    {
        TrainingOptions options = new() { Device = TrainingDevice.Cuda(), GpuMemoryCapMegabytes = 0.001 };

        Assert.That(() => TrainingSessions.Train(s_model, TrainingSessions.Request(s_records, s_heldOut, options)), Throws.TypeOf<TrainingFailedException>().With.Message.Contains("GpuMemoryCapMegabytes"));
    }

    private static string? DifferenceOf(OperatorCase node)
    {
        try
        {
            return node.Execute(new Placement(Gpu, ScalarType.Float32)).Zip(node.Execute(), DifferenceBetween).FirstOrDefault(difference => difference is not null);
        }
        catch (LoraEdgeException error)
        {
            return error.Message;
        }
    }

    private static string? DifferenceBetween(HostTensor actual, HostTensor expected)
    {
        if (actual.ElementType != expected.ElementType || !actual.Shape.SequenceEqual(expected.Shape))
            return $"{actual.ElementType}[{string.Join(",", actual.Shape)}] instead of {expected.ElementType}[{string.Join(",", expected.Shape)}]";
        double[] found = Doubles(actual), wanted = Doubles(expected);
        double scale = wanted.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max(), tolerance = actual.ElementType == TensorElementType.Float16 ? Tolerances.Float16 : Tolerance;
        int at = Enumerable.Range(0, wanted.Length).FirstOrDefault(i => !found[i].Equals(wanted[i]) && !(Math.Abs(found[i] - wanted[i]) <= tolerance * scale), -1);
        return at < 0 ? null : FormattableString.Invariant($"element {at} is {found[at]} instead of {wanted[at]}");
    }

    private static double[] Doubles(HostTensor tensor)
    {
        using Tensor given = tensor.ToTorch(), wide = given.to(ScalarType.Float64);
        return tensor.Count == 0 ? [] : wide.data<double>().ToArray();
    }

    private static (double Norm, float[][] Values) Optimize(float[][] values, Device device)
    {
        Tensor[] parameters = [.. values.Select(own => Placement.Move(HostTensor.From(own, own.Length).ToTorch(), device).requires_grad_())];
        var optimizer = new AdamW(parameters, _ => 0.1);
        double norm = 0;
        for (int step = 0; step < 3; step++)
        {
            // The second one has no gradient.
            foreach (Tensor parameter in parameters.Where((_, i) => i != 1))
            {
                parameter.grad = null;
                using Tensor squares = parameter.square(), sum = squares.sum();
                sum.backward();
            }

            norm = optimizer.GradientNorm();
            optimizer.Step(0.01, 0.5);
        }

        float[][] moved = ParameterValues.Capture(parameters);
        parameters.DisposeAll();
        return (norm, moved);
    }

    private static void Run(GraphExecutor executor)
    {
        using var _ = no_grad();
        using Tensor tokens = zeros(1, 8, ScalarType.Int64, Gpu);
        executor.Run(new Dictionary<string, Tensor> { ["input_ids"] = tokens }, "logits").DisposeAll();
    }
}
