using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests;

/// <summary>Numbers that are not finite end a training; what they touched is never handed over.</summary>
public sealed class NotFiniteTests
{
    private static readonly OnnxModel s_model = TinyModels.Policy();
    private static readonly Interaction s_broken = Players.Record([float.NaN, 0, 0, 0, 0, 0, 0, 0], Target.Class(0));

    [Test]
    public void ATrainedWeight_EndsTraining([Values] bool hasHeldOut)
    {
        TrainingRequest request = TrainingSessions.Request(Players.Records(10, seed: 1), hasHeldOut ? Players.Records(5, seed: 2) : [], new() { BatchSize = 10, MaxEpochs = 1 });
        using var weights = new SpoiltWeights(Branches.On(s_model));
        using var loop = new TrainingLoop(s_model, weights, request, Placement.Default);

        Assert.That(() => { while (loop.Step()) { } }, Throws.TypeOf<TrainingFailedException>().With.Message.Contains("trained weight"));
        Assert.That(loop.Step, Throws.TypeOf<TrainingFailedException>(), "there is no way on");
        Assert.That(loop.State, Throws.TypeOf<TrainingFailedException>(), "nor anything to go on from");
        Assert.That(loop.AtBest(weights.Capture).SelectMany(values => values), Is.All.Zero);
    }

    [Test]
    public void AHeldOutLoss_EndsTraining() =>
        Assert.That(() => TrainingSessions.Start(s_model, TrainingSessions.Request(Players.Records(10, seed: 1), [s_broken])), Throws.TypeOf<TrainingFailedException>().With.Message.Contains("frozen model"));

    [Test]
    public void ALossInALaterSlice_EndsTraining()
    {
        TrainingRequest request = TrainingSessions.Request([.. Players.Records(9, seed: 1), s_broken], [], new() { BatchSize = 10, SliceSize = 2 });

        Assert.That(() => TrainingSessions.Train(s_model, request), Throws.TypeOf<TrainingFailedException>().With.Message.Contains("step 0"));
    }

    /// <summary>Weights that become infinite in their first step.</summary>
    private sealed class SpoiltWeights(LowRankWeights weights) : TrainableWeights
    {
        public override IReadOnlyList<Tensor> Parameters => weights.Parameters;

        public override LowRankBranch? BranchOf(string operand) => weights.BranchOf(operand);

        public override void Constrain()
        {
            using var _ = no_grad();
            Parameters[0].fill_(float.PositiveInfinity);
        }
    }
}
