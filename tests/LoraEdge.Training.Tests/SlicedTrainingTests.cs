using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Tests.Sequences;

namespace LoraEdge.Training.Tests;

/// <summary>A batch in slices is the batch, whenever and wherever they run.</summary>
public sealed class SlicedTrainingTests
{
    private static readonly OnnxModel s_model = TinyModels.Policy();
    private static readonly Interaction[] s_records = Players.Records(100, seed: 1);
    private static readonly Interaction[] s_heldOut = Players.Records(40, seed: 2);

    [Test]
    public void GradientsOfSlices_AddUpToThoseOfTheBatch([Values(1, 3, 7, 20)] int sliceSize)
    {
        Interaction[] batch = [.. Players.Records(20, seed: 4).Select((record, i) => record with
        {
            Weight = i % 4,
            Target = i % 3 == 0 ? Target.Class((int)record.Target.Classes![0], [0, 1, 2, 3]) : record.Target,
        })];

        AssertSlicesAddUp(s_model, Players.Objective, batch, sliceSize);
    }

    [Test]
    public void GradientsOfSlicesOfARegression_AddUpToThoseOfTheBatch()
    {
        Interaction[] batch = [.. s_records[..10].Select((record, i) => record with { Target = Target.Regression(Numbers.Normal(4, i)), Weight = 1 + i })];

        AssertSlicesAddUp(s_model, new Objective { ValueName = "logits", Loss = LossKind.MeanSquaredError }, batch, 4);
    }

    [Test]
    public void GradientsOfSlicesOfSequences_AddUpToThoseOfTheBatch([Values(1, 2, 5)] int sliceSize)
    {
        Interaction[] batch = [.. Enumerable.Range(0, 7).Select(i => RecurrentModels.Sequence(4 + i % 4, i, withoutTarget: [i % 3], starts: i % 2 == 0 ? [0, 3] : [], weight: 1 + i))];

        AssertSlicesAddUp(RecurrentModels.Tanh(), RecurrentModels.Objective with { BurnIn = 2, TruncationLength = 2 }, batch, sliceSize);
    }

    [Test]
    public void ABatchThatIsRunAgain_HasTheSameGradients()
    {
        using LowRankWeights weights = Branches.On(s_model).Randomised(seed: 1);
        using var pass = new LossPass(s_model, Players.Objective, weights);
        var batch = new SlicedBatch(pass, s_records, 30, Players.Classes);
        float[][] RunAll()
        {
            weights.ClearGradients();
            while (!batch.IsComplete)
                batch.Advance();
            return Gradients(weights);
        }

        float[][] first = RunAll();
        double loss = batch.Loss;
        batch.Restart();

        Assert.That(RunAll(), Is.EqualTo(first));
        Assert.That(batch.Loss, Is.EqualTo(loss));
    }

    [Test]
    public void AStep_RunsOneSlice_AndTheOptimizerMovesWithTheLastOfABatch()
    {
        // 100 records are batches of 40, 40 and 20: 3, 3 and 2 slices.
        TrainingRequest request = Request(new() { BatchSize = 40, SliceSize = 16, MaxEpochs = 1, EvaluationsPerEpoch = 1 });

        (int slices, int evaluations) = TrainingSessions.With(s_model, request, session =>
        {
            int before = 0, after = 0;
            for (bool more = true; more; after += session.Progress.Step == 3 ? 1 : 0, before += session.Progress.Step < 3 ? 1 : 0)
                more = session.Step();
            return (before + 1, after - 1);
        });

        Assert.That((slices, evaluations), Is.EqualTo((8, 3)), "40 held-out records are three slices");
    }

    [Test]
    public void ATrainingInSlices_EndsWhereThatOfWholeBatchesDoes()
    {
        Adapter whole = TrainingSessions.Train(s_model, Request(new() { BatchSize = 32, MaxEpochs = 3 }));
        Adapter sliced = TrainingSessions.Train(s_model, Request(new() { BatchSize = 32, MaxEpochs = 3, SliceSize = 5 }));

        Assert.That(sliced.Training.AdaptedLoss, Is.EqualTo(whole.Training.AdaptedLoss).Within(1e-4));
        foreach ((AdapterTarget left, AdapterTarget right) in sliced.Targets.Zip(whole.Targets))
            Numbers.AssertClose(left.B, right.B, 1e-2);
    }

    [Test]
    public void WhereAndWhenSlicesRun_DoesNotChangeTheResult([Values(1, 2)] int threads)
    {
        TrainingRequest request = Request(new() { BatchSize = 32, SliceSize = 6, MaxEpochs = 2, Threads = threads });
        byte[] undisturbed = AdapterFile.Write(TrainingSessions.Train(s_model, request), AdapterPrecision.Float32);

        byte[] disturbed = TrainingSessions.With(s_model, request, session =>
        {
            int slices = 0;
            while (Elsewhere(session.Step))
            {
                if (++slices % 5 == 0)
                    session.ReleaseCaches();
                if (slices % 7 == 0)
                    session.Complete();
                if (slices % 3 == 0)
                    TrainingSessions.With(s_model, Request(new() { Threads = 3 - threads }), other => other.Step());
            }

            return AdapterFile.Write(session.Complete(), AdapterPrecision.Float32);
        });

        Assert.That(disturbed, Is.EqualTo(undisturbed));
    }

    [Test]
    public void ASliceOnAnyThread_ComputesWithTheThreadsOfTheOptions() =>
        TrainingSessions.With(s_model, Request(new() { Threads = 2 }), session =>
        {
            int there = Elsewhere(() =>
            {
                TorchSharp.torch.set_num_threads(1);
                session.Step();
                return TorchSharp.torch.get_num_threads();
            });

            Assert.That(there, Is.EqualTo(2));
            return there;
        });

    [Test]
    public void AModelForOneRecordAtATime_IsTrainedInSlicesOfOne()
    {
        OnnxModel model = SmallGraphs.Finish(
            new GraphBuilder("single").Input("x", TensorElementType.Float32, 1, 8).Initializer("w", Numbers.Normal(32, 1), 8, 4),
            graph => graph.Node("MatMul", ["x", "w"], ["y"]), 1, 4);

        Adapter adapter = TrainingSessions.Train(model, Request(new() { BatchSize = 25, SliceSize = 1, MaxEpochs = 2 }) with { Objective = new() { ValueName = "y" } });

        Assert.That(adapter.Training.AdaptedLoss, Is.LessThan(adapter.Training.BaseLoss));
    }

    private static void AssertSlicesAddUp(OnnxModel model, Objective objective, IReadOnlyList<Interaction> batch, int sliceSize)
    {
        const int Classes = 4;
        using LowRankWeights weights = Branches.On(model).Randomised(seed: 1, deviation: 0.2);
        using var pass = new LossPass(model, objective, weights);
        double loss = pass.Backward(batch, Classes);
        float[][] expected = Gradients(weights);
        weights.ClearGradients();

        var sliced = new SlicedBatch(pass, batch, sliceSize, Classes);
        while (!sliced.IsComplete)
            sliced.Advance();

        Assert.That(sliced.Loss, Is.EqualTo(loss).Within(1e-5));
        float[][] sums = Gradients(weights);
        for (int i = 0; i < expected.Length; i++)
            Numbers.AssertClose(sums[i], expected[i], 1e-5);
    }

    private static float[][] Gradients(LowRankWeights weights) => [.. weights.Parameters.Select(parameter => parameter.grad!.ToFloatsAndDispose())];

    private static T Elsewhere<T>(Func<T> work)
    {
        T result = default!;
        var thread = new Thread(() => result = work());
        thread.Start();
        thread.Join();
        return result;
    }

    private static TrainingRequest Request(TrainingOptions options) => TrainingSessions.Request(s_records, s_heldOut, options with { LearningRate = 1e-2 });
}
