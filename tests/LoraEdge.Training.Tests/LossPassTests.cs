using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Records;
using LoraEdge.Training.Tests.Adaptation;
using LoraEdge.Training.Tests.Execution;

namespace LoraEdge.Training.Tests;

/// <summary>However a pass saves memory, loss and gradients are those of the pass that keeps everything.</summary>
[NonParallelizable]
public sealed class LossPassTests
{
    private const string Model = "models/stories15M/stories15M.onnx";
    private const long Everything = long.MaxValue / 2;

    internal static readonly Objective[] Objectives =
    [
        new() { ValueName = "logits", Loss = LossKind.SequenceCrossEntropy },
        new() { ValueName = "logits", Loss = LossKind.CrossEntropy },
        new() { ValueName = "logits", Loss = LossKind.CrossEntropy, Position = 3 },
    ];

    [Test]
    public void ChunksOfTheHead_GiveTheSameLossAndGradients([ValueSource(nameof(Objectives))] Objective objective, [Values(1, 3 << 20)] long chunkBytes) =>
        AssertSame(Run(objective, new LossMemory(null, Everything)), Run(objective, new LossMemory(null, chunkBytes)));

    [Test]
    public void Recomputation_GivesTheSameLossAndGradients([ValueSource(nameof(Objectives))] Objective objective, [Values(1, 1 << 20, Everything)] long target) =>
        AssertSame(Run(objective, new LossMemory(null, Everything)), Run(objective, new LossMemory(target, Everything)));

    [Test]
    public void Passes_LeaveNoTensorBehind()
    {
        Run(Objectives[0], new LossMemory(1 << 20, 1 << 20));

        LiveTensors.AssertUnchangedBy(() => Run(Objectives[0], new LossMemory(1 << 20, 1 << 20)));
    }

    private static (double Loss, double Score, float[][] Gradients) Run(Objective objective, LossMemory memory)
    {
        OnnxModel model = OnnxModel.Load(TestData.Require(Model));
        using LowRankWeights weights = Branches.On(model).Randomised(seed: 1, deviation: 0.05);
        using var pass = new LossPass(model, objective, weights, memory);
        using RecordBatch batch = RecordBatcher.Create([Record(objective, seed: 1, weight: 1), Record(objective, seed: 2, weight: 2)], 32000);
        double loss = pass.Backward(batch);
        (double losses, double count) = pass.Score(batch);
        return (loss, losses / count, [.. weights.Parameters.Select(parameter => parameter.grad!.ToFloatsAndDispose())]);
    }

    private static Interaction Record(Objective objective, int seed, float weight)
    {
        var random = new Random(seed);
        long[] tokens = [.. Enumerable.Range(0, 17).Select(_ => random.NextInt64(32000))];
        Target target = objective.Loss == LossKind.CrossEntropy ? Target.Class((int)tokens[5]) : Target.Sequence([.. tokens.Skip(1), -100]);
        return new Interaction(new Dictionary<string, HostTensor> { ["input_ids"] = HostTensor.From(tokens, 1, tokens.Length) }, target, weight);
    }

    private static void AssertSame((double Loss, double Score, float[][] Gradients) expected, (double Loss, double Score, float[][] Gradients) actual)
    {
        Assert.That(actual.Loss, Is.EqualTo(expected.Loss).Within(1e-5));
        Assert.That(actual.Score, Is.EqualTo(actual.Loss).Within(1e-5), "with and without gradients");
        for (int i = 0; i < expected.Gradients.Length; i++)
            Numbers.AssertClose(actual.Gradients[i], expected.Gradients[i], 1e-3);
    }
}
