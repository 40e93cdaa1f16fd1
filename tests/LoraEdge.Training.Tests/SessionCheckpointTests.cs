using LoraEdge.Training.Tests.Execution;
using LoraEdge.Training.Tests.Sequences;

namespace LoraEdge.Training.Tests;

/// <summary>A session that goes on from a checkpoint ends in the same bytes as one that was never interrupted.</summary>
public sealed class SessionCheckpointTests
{
    private static readonly OnnxModel s_model = TinyModels.Policy();
    private static readonly Interaction[] s_records = Players.Records(60, seed: 1);
    private static readonly Interaction[] s_heldOut = Players.Records(30, seed: 2);
    private static readonly TrainingOptions s_options = new() { LearningRate = 1e-2, BatchSize = 16, SliceSize = 6, MaxEpochs = 2, TrustRegion = 0.01 };

    private static IEnumerable<TestCaseData> Requests()
    {
        TrainingRequest request = Request(s_options);
        yield return Case("LoRA-FA", s_model, request);
        yield return Case("whole batches, without held-out records", s_model, Request(s_options with { SliceSize = null }) with { HeldOut = [] });
        yield return Case("LoRA of rank 2", s_model, Request(s_options with { Method = AdaptationMethod.Lora, Rank = 2, Scale = 0.5f }));
        yield return Case("half-precision weights", s_model, Request(s_options with { WeightType = WeightType.BFloat16 }));
        yield return Case("an adapter extended", s_model, request with { Initial = TrainingSessions.Train(s_model, request) });
        yield return Case("stopped early", s_model, Request(s_options with { LearningRate = 1, Patience = 1, TrustRegion = 10 }));
        TrainingRequest sequences = MemoryTask.Request(truncation: 4);
        yield return Case("sequences", MemoryTask.Model(), sequences with { Records = [.. sequences.Records.Take(30)], HeldOut = [.. sequences.HeldOut.Take(10)], Options = s_options });
    }

    [TestCaseSource(nameof(Requests))]
    public void ASessionInterruptedAtEveryStep_EndsInTheSameBytes(OnnxModel model, TrainingRequest request) => TrainingSessions.WithTrainer(model, (trainer, path) =>
    {
        request = request with { ModelPath = path };
        byte[] expected = Finish(trainer.Start(request));

        // Every step in a session of its own. Slices of an unfinished batch are run again, so each goes as far as the optimizer.
        byte[] checkpoint;
        using (ITrainingSession first = trainer.Start(request))
            checkpoint = first.Checkpoint();
        for (bool more = true; more;)
        {
            using ITrainingSession session = trainer.Resume(request, checkpoint);
            Assert.That(session.Checkpoint(), Is.EqualTo(checkpoint), "a session that was just resumed is where the checkpoint is");
            byte[] last = checkpoint;
            do
                more = session.Step();
            while (more && (checkpoint = session.Checkpoint()).AsSpan().SequenceEqual(last));
            checkpoint = session.Checkpoint();
        }

        Assert.That(Finish(trainer.Resume(request, checkpoint)), Is.EqualTo(expected));
        return true;
    });

    [Test]
    public void ASessionInterruptedInTheMidstOfABatchOrAnEvaluation_EndsInTheSameBytes() => TrainingSessions.WithTrainer(s_model, (trainer, path) =>
    {
        TrainingRequest request = Request(s_options) with { ModelPath = path };
        byte[] expected = Finish(trainer.Start(request));
        using ITrainingSession observed = trainer.Start(request);
        do
            Assert.That(Finish(trainer.Resume(request, observed.Checkpoint())), Is.EqualTo(expected), $"interrupted at {observed.Progress}");
        while (observed.Step());
        return true;
    });

    [Test]
    public void TheProgress_IsThatOfTheSessionThatWasInterrupted() => TrainingSessions.WithTrainer(s_model, (trainer, path) =>
    {
        TrainingRequest request = Request(s_options) with { ModelPath = path };
        using ITrainingSession session = trainer.Start(request);
        while (session.Step())
        {
            using ITrainingSession resumed = trainer.Resume(request, session.Checkpoint());
            Assert.That(resumed.Progress, Is.EqualTo(session.Progress));
        }

        Assert.That(session.Progress.Clamped, Is.Positive, "the trust region should have had something to do");
        return true;
    });

    [Test]
    public void ACheckpointOfAnotherSession_IsRefused_AndTheErrorSaysWhatDiffers() => TrainingSessions.WithTrainer(s_model, (trainer, path) =>
    {
        TrainingRequest request = Request(s_options) with { ModelPath = path };
        byte[] checkpoint = CheckpointOf(trainer, request);
        void AssertRefused(TrainingRequest other, string difference) =>
            Assert.That(() => trainer.Resume(other, checkpoint), Throws.TypeOf<InvalidCheckpointException>().With.Message.Contains(difference));

        AssertRefused(request with { Options = s_options with { SliceSize = 5 } }, "SliceSize=6, but this one has SliceSize=5");
        AssertRefused(request with { Options = s_options with { BatchSize = 8 } }, "BatchSize=16, but this one has BatchSize=8");
        AssertRefused(request with { Options = s_options with { Threads = 2 } }, "Threads=1");
        AssertRefused(request with { Options = s_options with { SamplingSeed = 9 } }, "SamplingSeed=0");
        AssertRefused(request with { Options = s_options with { Rank = 2 } }, "has Projection=");
        AssertRefused(request with { Options = s_options with { ExcludeLayers = ["w1"] } }, "has Projection=");
        AssertRefused(request with { Projection = new SeededProjection(1) }, "Projection=");
        AssertRefused(request with { Objective = request.Objective with { Form = ObjectiveForm.LogProbabilities } }, "Form=Logits");
        AssertRefused(request with { Records = [.. s_records.Reverse()] }, "Records=");
        AssertRefused(request with { Records = [.. s_records.Skip(1), s_records[0] with { Weight = 2 }] }, "Records=");
        AssertRefused(request with { HeldOut = [] }, "HeldOut=");
        AssertRefused(request with { Initial = RandomAdapter.For(s_model) }, "Initial=none");
        return true;
    });

    [Test]
    public void ACheckpointForAnotherModel_IsRefused() => TrainingSessions.WithTrainer(TinyModels.Policy(seed: 50), (trainer, path) =>
    {
        byte[] checkpoint = TrainingSessions.WithTrainer(s_model, (other, otherPath) => CheckpointOf(other, Request(s_options) with { ModelPath = otherPath }));

        Assert.That(() => trainer.Resume(Request(s_options) with { ModelPath = path }, checkpoint), Throws.TypeOf<InvalidCheckpointException>().With.Message.Contains("Model="));
        return true;
    });

    [Test]
    public void ADamagedCheckpoint_IsRefused_AndLeavesNothingBehind() => TrainingSessions.WithTrainer(s_model, (trainer, path) =>
    {
        TrainingRequest request = Request(s_options) with { ModelPath = path };
        byte[] checkpoint = CheckpointOf(trainer, request);
        var random = new Random(1);
        List<byte[]> damaged = [[], checkpoint[..7], checkpoint[..^1], [.. checkpoint, 0], [.. checkpoint, .. checkpoint]];
        for (int i = 0; i < 40; i++)
        {
            byte[] changed = [.. checkpoint];
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            damaged.Add(changed);
            damaged.Add(checkpoint[..random.Next(checkpoint.Length)]);
        }

        LiveTensors.AssertUnchangedBy(() =>
        {
            foreach (byte[] bytes in damaged)
                Assert.Throws<InvalidCheckpointException>(() => trainer.Resume(request, bytes));
        });
        return true;
    });

    [Test]
    public void ACheckpointThatIsSealedButTooShort_OrTooLong_IsRefused()
    {
        string terms = "Model=a\nRank=1";
        TrainingState state = new(new TrainingCounters(), 0, 1, null, [[1, 2]], [[1, 2]], [[0, 0]], [[0, 0]]);
        byte[] checkpoint = SessionCheckpoint.Write(terms, state);

        Assert.That(SessionCheckpoint.Read(checkpoint, terms, [2]).Values[0], Is.EqualTo(new float[] { 1, 2 }));
        Assert.That(() => SessionCheckpoint.Read(checkpoint, terms, [1]), Throws.TypeOf<InvalidCheckpointException>().With.Message.Contains("16 bytes more"));
        Assert.That(() => SessionCheckpoint.Read(checkpoint, terms, [3]), Throws.TypeOf<InvalidCheckpointException>().With.Message.Contains("ends before"));
        Assert.That(() => SessionCheckpoint.Read(checkpoint, "Model=a\nRank=2", [2]), Throws.TypeOf<InvalidCheckpointException>().With.Message.Contains("Rank=1, but this one has Rank=2"));
    }

    [Test]
    public void ACheckpointAndItsResumption_LeaveNoTensorBehind() => TrainingSessions.WithTrainer(s_model, (trainer, path) =>
    {
        TrainingRequest request = Request(s_options) with { ModelPath = path };
        LiveTensors.AssertUnchangedBy(() => Finish(trainer.Resume(request, CheckpointOf(trainer, request))));
        return true;
    });

    private static byte[] CheckpointOf(LoraFaTrainer trainer, TrainingRequest request)
    {
        using ITrainingSession session = trainer.Start(request);
        for (int i = 0; i < 8; i++)
            session.Step();
        return session.Checkpoint();
    }

    private static byte[] Finish(ITrainingSession session)
    {
        using (session)
        {
            while (session.Step())
            {
            }

            return AdapterFile.Write(session.Complete(), AdapterPrecision.Float32);
        }
    }

    private static TrainingRequest Request(TrainingOptions options) => TrainingSessions.Request(s_records, s_heldOut, options);

    private static TestCaseData Case(string name, OnnxModel model, TrainingRequest request) =>
        new TestCaseData(model, request).SetArgDisplayNames(name);
}
