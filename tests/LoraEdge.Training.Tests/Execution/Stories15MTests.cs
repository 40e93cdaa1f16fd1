using System.Text.Json;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Execution;

/// <summary>A real language model: RoPE, RMSNorm, SwiGLU, causal attention, tied embedding.</summary>
public sealed class Stories15MTests
{
    private const string Model = "models/stories15M/stories15M.onnx";

    private static readonly Objective s_objective = new() { ValueName = "logits", Loss = LossKind.SequenceCrossEntropy };

    [Test]
    public void Executor_EqualsTheRecordedOutput_OfOnnxRuntime()
    {
        OnnxModel model = OnnxModel.Load(TestData.Require(Model));
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(TestData.Require("models/reference/stories15M.json")));
        HostTensor expected = Read(reference.RootElement.GetProperty("outputs"), "logits");

        HostTensor actual = Execute(model, Read(reference.RootElement.GetProperty("inputs"), "input_ids"));

        Assert.That(actual.Shape, Is.EqualTo(expected.Shape));
        Numbers.AssertClose(actual.AsSpan<float>(), expected.AsSpan<float>(), Tolerances.Parity);
    }

    [Test]
    public void Executor_EqualsOnnxRuntime_OnABatchOfAnotherLength()
    {
        OnnxModel model = OnnxModel.Load(TestData.Require(Model));
        var random = new Random(3);
        HostTensor tokens = HostTensor.From([.. Enumerable.Range(0, 2 * 33).Select(_ => random.NextInt64(32000))], 2, 33);

        HostTensor actual = Execute(model, tokens);

        HostTensor expected = OnnxRuntimeReference.Run(model, new Dictionary<string, HostTensor> { ["input_ids"] = tokens })["logits"];
        Numbers.AssertClose(actual.AsSpan<float>(), expected.AsSpan<float>(), Tolerances.Parity);
    }

    [Test]
    public void LoraFa_LearnsASequence()
    {
        string path = TestData.Require(Model);
        TrainingRequest request = new()
        {
            ModelPath = path,
            Objective = s_objective,
            Records = [RandomTokens()],
            HeldOut = [RandomTokens()],
            Options = new() { LearningRate = 3e-3, MaxEpochs = 5, EvaluationsPerEpoch = 1 },
        };
        using var trainer = new LoraFaTrainer();
        using ITrainingSession session = trainer.Start(request);
        while (session.Step())
        {
        }

        TrainingSummary summary = session.Complete().Training;
        Assert.That(summary.AdaptedLoss, Is.LessThan(summary.BaseLoss - 0.1));
    }

    /// <summary>Exponents, epsilons, the causal mask and the tables of RoPE are initializers too; to train them ends in NaN.</summary>
    [Test]
    public void FullFineTuning_LearnsASequence()
    {
        using var tuner = new FullFineTuner(OnnxModel.Load(TestData.Require(Model)), s_objective);

        double first = tuner.Step([RandomTokens()], learningRate: 3e-5);
        double second = tuner.Step([RandomTokens()], learningRate: 3e-5);

        Assert.That(second, Is.LessThan(first));
        Assert.That(tuner.Weights().Keys, Has.None.Contains("rope").And.None.Contains("mask"));
    }

    private static Interaction RandomTokens()
    {
        var random = new Random(4);
        long[] tokens = [.. Enumerable.Range(0, 16).Select(_ => random.NextInt64(32000))];
        var inputs = new Dictionary<string, HostTensor> { ["input_ids"] = HostTensor.From(tokens, 1, tokens.Length) };
        return new Interaction(inputs, Target.Sequence([.. tokens.Skip(1), -100]));
    }

    private static HostTensor Execute(OnnxModel model, HostTensor tokens)
    {
        using var executor = new GraphExecutor(model);
        using var _ = no_grad();
        using Tensor input = tokens.ToTorch();
        using Tensor logits = executor.Run(new Dictionary<string, Tensor> { ["input_ids"] = input }, "logits").Single();
        return logits.ToHost();
    }

    private static HostTensor Read(JsonElement tensors, string name)
    {
        JsonElement tensor = tensors.GetProperty(name);
        TensorElementType type = tensor.GetProperty("type").GetString() == "int64" ? TensorElementType.Int64 : TensorElementType.Float32;
        return new HostTensor(type, [.. tensor.GetProperty("dims").EnumerateArray().Select(size => size.GetInt64())], tensor.GetProperty("data").GetBytesFromBase64());
    }
}
