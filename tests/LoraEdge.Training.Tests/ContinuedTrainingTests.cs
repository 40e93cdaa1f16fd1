namespace LoraEdge.Training.Tests;

/// <summary>Training that extends an adapter.</summary>
public sealed class ContinuedTrainingTests
{
    private static readonly OnnxModel s_model = TinyModels.Policy();
    private static readonly Interaction[] s_records = Players.Records(200, seed: 1);
    private static readonly Interaction[] s_later = Players.Records(200, seed: 5);
    private static readonly Interaction[] s_heldOut = Players.Records(100, seed: 2);
    private static readonly TrainingOptions s_options = new() { LearningRate = 5e-3, BatchSize = 32, MaxEpochs = 2 };

    [TestCase(AdaptationMethod.LoraFa, 1)]
    [TestCase(AdaptationMethod.Lora, 2)]
    public void ItStartsFromTheAdapter_AndMustBeatIt(AdaptationMethod method, int rank)
    {
        TrainingOptions options = s_options with { Method = method, Rank = rank };
        Adapter first = TrainingSessions.Train(s_model, Request(s_records, options));
        double frozen = PolicyLoss.Of(null, s_heldOut), initial = PolicyLoss.Of(first, s_heldOut);

        TrainingSessions.With(s_model, Request(s_later, options) with { Initial = first }, session =>
        {
            Assert.That(session.Progress.BestHeldOutLoss, Is.EqualTo(initial).Within(1e-5));
            Assert.That(session.Complete(), Is.SameAs(first));
            while (session.Step())
            {
            }

            Adapter second = session.Complete();
            Assert.That(second.Training.BaseLoss, Is.EqualTo(frozen).Within(1e-5), "the frozen model's");
            Assert.That(second.Training.AdaptedLoss, Is.LessThan(initial).And.EqualTo(PolicyLoss.Of(second, s_heldOut)).Within(1e-5));
            return second;
        });
    }

    [Test]
    public void AnAdapterThatNothingBeats_IsHandedBackUnchanged()
    {
        Interaction[] agreeing = PolicyLoss.FrozenChoices(s_records);
        Adapter first = TrainingSessions.Train(s_model, TrainingSessions.Request(agreeing, agreeing, s_options));
        TrainingRequest request = TrainingSessions.Request(Players.Contradicting(agreeing), agreeing, s_options) with { Initial = first };

        Assert.That(TrainingSessions.Train(s_model, request), Is.SameAs(first));
    }

    [Test]
    public void AnAdapterOfAnotherKind_IsRefused_AndTheErrorSaysWhatDiffers()
    {
        void AssertRefused(Adapter initial, TrainingOptions options, string difference) => Assert.That(
            () => TrainingSessions.Start(s_model, Request(s_records, options) with { Initial = initial }), Throws.TypeOf<AdapterMismatchException>().With.Message.Contains(difference));

        AssertRefused(RandomAdapter.For(TinyModels.Policy(seed: 9)), s_options, "model");
        AssertRefused(RandomAdapter.For(s_model, projection: new SeededProjection(3)), s_options, "projection");
        AssertRefused(RandomAdapter.WithExplicitA(s_model, RandomAdapter.For(s_model)), s_options, "projection");
        AssertRefused(RandomAdapter.For(s_model), s_options with { Method = AdaptationMethod.Lora }, "projection");
        AssertRefused(RandomAdapter.For(s_model, rank: 2), s_options, "projection");
        AssertRefused(RandomAdapter.For(s_model, scale: 2), s_options, "scale 2");
        AssertRefused(RandomAdapter.WithExplicitA(s_model, RandomAdapter.For(s_model, rank: 2)), s_options with { Method = AdaptationMethod.Lora }, "rank 2");
        AssertRefused(RandomAdapter.WithExplicitA(s_model, RandomAdapter.For(s_model)), s_options with { Method = AdaptationMethod.Lora, ExcludeLayers = ["w1"] }, "layers");
    }

    private static TrainingRequest Request(IReadOnlyList<Interaction> records, TrainingOptions options) => TrainingSessions.Request(records, s_heldOut, options);
}
