using static TorchSharp.torch;

namespace LoraEdge.Training.Tests;

/// <summary>Giving memory back while training pauses.</summary>
[NonParallelizable]
public sealed class ReleaseCachesTests
{
    private static readonly OnnxModel s_model = TinyModels.Policy();
    private static readonly TrainingRequest s_request = TrainingSessions.Request(Players.Records(100, seed: 1), Players.Records(30, seed: 2), new() { LearningRate = 1e-2, BatchSize = 32, MaxEpochs = 2 });

    [TestCase(WeightType.Float32)]
    [TestCase(WeightType.Float16)]
    public void Pauses_ChangeNothingOfWhatIsLearned(WeightType type)
    {
        TrainingRequest request = s_request with { Options = s_request.Options with { WeightType = type } };
        byte[] undisturbed = AdapterFile.Write(TrainingSessions.Train(s_model, request), AdapterPrecision.Float32);

        byte[] paused = TrainingSessions.With(s_model, request, session =>
        {
            do
                session.ReleaseCaches();
            while (session.Step());

            session.ReleaseCaches();
            return AdapterFile.Write(session.Complete(), AdapterPrecision.Float32);
        });

        Assert.That(paused, Is.EqualTo(undisturbed));
    }

    [Test]
    public void APausedSession_HoldsNothingButWhatIsTrained() => TrainingSessions.With(s_model, s_request, session =>
    {
        session.Step();
        session.ReleaseCaches();
        long paused = Tensor.TotalCount;
        session.ReleaseCaches();
        Assert.That(Tensor.TotalCount, Is.EqualTo(paused));
        session.Step();
        Assert.That(Tensor.TotalCount, Is.GreaterThan(paused), "four weights, at least");
        session.ReleaseCaches();
        Assert.That(Tensor.TotalCount, Is.EqualTo(paused));
        return paused;
    });
}
