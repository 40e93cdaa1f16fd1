using LoraEdge.Training.Tests.Execution;

namespace LoraEdge.Training.Tests;

/// <summary>Training of an adapter from start to end.</summary>
public sealed class LoraFaTrainerTests
{
    private static readonly OnnxModel s_model = TinyModels.Policy();
    private static readonly Interaction[] s_records = Players.Records(200, seed: 1);
    private static readonly Interaction[] s_heldOut = Players.Records(60, seed: 2);

    [TestCase(AdaptationMethod.LoraFa, 1)]
    [TestCase(AdaptationMethod.LoraFa, 4)]
    [TestCase(AdaptationMethod.Lora, 1)]
    [TestCase(AdaptationMethod.Lora, 2)]
    public void Training_LowersTheLoss_OnRecordsItDidNotSee(AdaptationMethod method, int rank)
    {
        Adapter adapter = TrainingSessions.Train(s_model, Request(new() { Method = method, Rank = rank, LearningRate = 1e-2, BatchSize = 32 }));

        Interaction[] later = Players.Records(200, seed: 3);
        Assert.That(PolicyLoss.Of(adapter, later), Is.LessThan(PolicyLoss.Of(null, later) * 0.95));
        Assert.That(adapter.Training.AdaptedLoss, Is.LessThan(adapter.Training.BaseLoss));
    }

    [Test]
    public void TheSummary_StatesTheLossOfTheAdapterThatIsHandedOver()
    {
        Adapter adapter = TrainingSessions.Train(s_model, Request());

        Assert.That(adapter.Training.BaseLoss, Is.EqualTo(PolicyLoss.Of(null, s_heldOut)).Within(1e-5));
        Assert.That(adapter.Training.AdaptedLoss, Is.EqualTo(PolicyLoss.Of(adapter, s_heldOut)).Within(1e-5));
        Assert.That((adapter.Training.Records, adapter.Training.HeldOutRecords), Is.EqualTo((200, 60)));
    }

    [Test]
    public void EarlyStopping_HandsOverTheBestVersion_NotTheLast()
    {
        // Far too fast for so few records: what is learnt soon does not hold elsewhere.
        TrainingRequest request = TrainingSessions.Request(s_records[..24], s_heldOut, new() { LearningRate = 0.05, BatchSize = 8, MaxEpochs = 60, Patience = 5, EvaluationsPerEpoch = 1, TrustRegion = 10 });

        TrainingSessions.With(s_model, request, session =>
        {
            // The figure of a step stands when its evaluation has ended, some calls later.
            Dictionary<long, double> judged = [];
            for (bool more = true; more;)
            {
                more = session.Step();
                if (session.Progress.Step % 3 == 0)
                    judged[session.Progress.Step] = session.Progress.HeldOutLoss;
            }

            (long step, double loss) = judged.MinBy(entry => entry.Value);
            TrainingSummary summary = session.Complete().Training;
            Assert.That(session.Progress.Step, Is.LessThan(session.Progress.PlannedSteps), "training should have stopped early");
            Assert.That(judged, Has.Count.EqualTo(step / 3 + 5), "five evaluations without improvement end training");
            Assert.That((summary.Steps, summary.AdaptedLoss), Is.EqualTo((step, (float)loss)));
            Assert.That(session.Progress.BestHeldOutLoss, Is.EqualTo(loss));
            Assert.That(session.Step(), Is.False);
            return summary;
        });
    }

    [Test]
    public void Complete_BetweenSteps_DoesNotChangeWhatFollows()
    {
        byte[] undisturbed = AdapterFile.Write(TrainingSessions.Train(s_model, Request()));

        byte[] observed = TrainingSessions.With(s_model, Request(), session =>
        {
            while (session.Step())
                session.Complete();
            return AdapterFile.Write(session.Complete());
        });

        Assert.That(observed, Is.EqualTo(undisturbed));
    }

    [Test]
    public void TheAdapter_IsAllZeros_WhenNothingBeatsTheFrozenModel()
    {
        // The held-out records agree with the frozen model and contradict what is trained on.
        Interaction[] agreeing = PolicyLoss.FrozenChoices(s_records);
        TrainingRequest request = TrainingSessions.Request(Players.Contradicting(agreeing), agreeing, new() { LearningRate = 1e-2, Patience = 2, EvaluationsPerEpoch = 1, BatchSize = 50 });

        TrainingSessions.With(s_model, request, session =>
        {
            while (session.Step())
            {
            }

            Adapter adapter = session.Complete();
            Assert.That(session.Progress.Step, Is.EqualTo(8), "two evaluations, one after each epoch of four steps");
            Assert.That(adapter.Targets.SelectMany(target => target.B), Is.All.EqualTo(0f));
            Assert.That(adapter.Training.Steps, Is.Zero);
            Assert.That(adapter.Training.AdaptedLoss, Is.EqualTo(adapter.Training.BaseLoss));
            return adapter;
        });
    }

    [Test]
    public void WithoutHeldOutRecords_TrainingRunsToItsEnd_AndHandsOverTheLastVersion()
    {
        TrainingRequest request = TrainingSessions.Request(s_records, [], new() { LearningRate = 1e-2, BatchSize = 64, MaxEpochs = 3 });

        TrainingSessions.With(s_model, request, session =>
        {
            Assert.That(session.Progress, Is.EqualTo(new TrainingProgress(0, 12, double.NaN, double.NaN, double.NaN, 0)));
            while (session.Step())
                Assert.That(session.Progress.Loss, Is.InRange(0, 10));
            Adapter adapter = session.Complete();
            Assert.That(adapter.Training.Steps, Is.EqualTo(12));
            Assert.That(adapter.Training.AdaptedLoss, Is.NaN);
            Assert.That(PolicyLoss.Of(adapter, s_records), Is.LessThan(PolicyLoss.Of(null, s_records)));
            return adapter;
        });
    }

    [TestCase(AdaptationMethod.LoraFa, 1)]
    [TestCase(AdaptationMethod.Lora, 2)]
    public void TheSameSeedTwice_GivesByteIdenticalFiles(AdaptationMethod method, int rank)
    {
        TrainingOptions options = new() { Method = method, Rank = rank, LearningRate = 1e-2, BatchSize = 32, SamplingSeed = 5 };

        byte[] first = AdapterFile.Write(TrainingSessions.Train(s_model, Request(options)), AdapterPrecision.Float32);
        // Managed arrays get other addresses.
        var shift = new byte[17];
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        byte[] second = AdapterFile.Write(TrainingSessions.Train(s_model, Request(options)), AdapterPrecision.Float32);
        byte[] other = AdapterFile.Write(TrainingSessions.Train(s_model, Request(options with { SamplingSeed = 6 })), AdapterPrecision.Float32);
        GC.KeepAlive(shift);

        Assert.That(second, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first));
    }

    [TestCase(AdaptationMethod.LoraFa, 1, 1f)]
    [TestCase(AdaptationMethod.LoraFa, 3, -0.5f)]
    [TestCase(AdaptationMethod.Lora, 2, 2f)]
    public void TheTrustRegion_BoundsTheNormOfEveryChange(AdaptationMethod method, int rank, float scale)
    {
        const double Share = 0.02;
        TrainingOptions options = new() { Method = method, Rank = rank, Scale = scale, LearningRate = 0.1, MaxEpochs = 2, TrustRegion = Share };

        Adapter adapter = TrainingSessions.Train(s_model, TrainingSessions.Request(s_records, [], options));

        double[] shares = ChangeNorms.Of(s_model, adapter);
        Assert.That(shares, Is.All.LessThanOrEqualTo(Share * (1 + 1e-5)));
        Assert.That(shares, Has.Some.GreaterThan(Share * 0.99), "some layer should have reached its bound");
    }

    [TestCase(0.02, ExpectedResult = true)]
    [TestCase(100, ExpectedResult = false)]
    public bool WhatTheTrustRegionScalesBack_IsCounted(double share)
    {
        TrainingOptions options = new() { LearningRate = 0.1, MaxEpochs = 2, TrustRegion = share };
        return TrainingSessions.With(s_model, TrainingSessions.Request(s_records, [], options), session =>
        {
            while (session.Step())
            {
            }

            return session.Progress.Clamped > 0;
        });
    }

    [Test]
    public void AnInternalObjective_TrainsOnlyTheLayersThatLeadToIt()
    {
        Interaction[] records = [.. s_records.Select(record => record with { Target = Target.Regression(new float[16]) })];
        TrainingRequest request = TrainingSessions.Request(records, []) with { Objective = new Objective { ValueName = "hidden", Loss = LossKind.MeanSquaredError } };

        Adapter adapter = TrainingSessions.Train(s_model, request);

        Assert.That(adapter.Targets.Select(target => s_model.Graph.InitializerNames[target.InitializerIndex]), Is.EqualTo(new[] { "w1" }));
        Assert.That(adapter.Targets[0].B, Has.Some.Not.Zero);
    }

    [Test]
    public void Patterns_ChooseTheLayersThatAreTrained()
    {
        foreach (TrainingOptions options in new TrainingOptions[] { new() { IncludeLayers = ["*2"] }, new() { ExcludeLayers = ["w1"] }, new() { IncludeLayers = ["w?"], ExcludeLayers = ["*1"] } })
        {
            Adapter adapter = TrainingSessions.Train(s_model, Request(options));

            Assert.That(adapter.Targets.Select(target => s_model.Graph.InitializerNames[target.InitializerIndex]), Is.EqualTo(new[] { "w2" }));
        }
    }

    [Test]
    public void Training_LeavesNoTensorBehind()
    {
        TrainingSessions.Train(s_model, Request());

        LiveTensors.AssertUnchangedBy(() => TrainingSessions.Train(s_model, Request()));
        LiveTensors.AssertUnchangedBy(() => TrainingSessions.Train(s_model, Request(new() { Method = AdaptationMethod.Lora, Rank = 2, TrustRegion = 0.01 })));
        LiveTensors.AssertUnchangedBy(() => TrainingSessions.With(s_model, Request(), session => session.Step()));
    }

    [Test]
    public void AFailedTraining_LeavesNoTensorBehind()
    {
        Interaction[] broken = [.. s_records[..100], Players.Record([float.NaN, 0, 0, 0, 0, 0, 0, 0], Target.Class(0))];
        TrainingRequest failing = TrainingSessions.Request(broken, s_heldOut), refused = TrainingSessions.Request(s_records, [.. s_heldOut, Players.Record(new float[8], Target.Class(99))]);

        LiveTensors.AssertUnchangedBy(() => Assert.Throws<TrainingFailedException>(() => TrainingSessions.Train(s_model, failing)));
        LiveTensors.AssertUnchangedBy(() => Assert.Throws<InvalidInputException>(() => TrainingSessions.Train(s_model, refused)));
    }

    [Test]
    public void ALossThatIsNotFinite_EndsTraining_WithAnErrorThatSaysWhereAndWhatToDo()
    {
        Interaction[] records = [Players.Record([1e38f, 1e38f, 1e38f, 1e38f, -1e38f, 1e38f, 1e38f, 1e38f], Target.Class(0))];

        TrainingFailedException error = Assert.Throws<TrainingFailedException>(() => TrainingSessions.Train(s_model, TrainingSessions.Request(records, [])))!;

        Assert.That(error.Message, Does.Contain("step 0").And.Contain("learning rate"));
    }

    private static TrainingRequest Request(TrainingOptions? options = null) => TrainingSessions.Request(s_records, s_heldOut, options);
}
