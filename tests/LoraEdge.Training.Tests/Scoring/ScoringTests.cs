using LoraEdge.Training.Tests.Execution;
using LoraEdge.Training.Tests.Sequences;

namespace LoraEdge.Training.Tests.Scoring;

/// <summary>Losses of records under several adapters, against ONNX Runtime on merged weights.</summary>
public sealed class ScoringTests
{
    private static readonly OnnxModel s_model = TinyModels.Policy();
    private static readonly Interaction[] s_records = [.. Players.Records(30, seed: 1).Select((record, i) => record with
    {
        Weight = 1 + i % 3,
        Target = i % 4 == 0 ? Target.Class((int)record.Target.Classes![0], [3, 2, 1, 0]) : i % 4 == 1 ? Target.Class(1, [1, 2]) : record.Target,
    })];

    private static readonly Adapter?[] s_adapters =
    [
        null, RandomAdapter.For(s_model, seed: 1), RandomAdapter.For(s_model, seed: 2, share: 0.4), null, RandomAdapter.For(s_model, seed: 3, rank: 2, scale: -0.5f),
    ];

    [Test]
    public void Scores_AreThoseOfOnnxRuntime([Values(null, 1, 7)] int? sliceSize)
    {
        IReadOnlyList<IReadOnlyList<RecordScore>> scores = Score(s_model, Request(s_records, s_adapters, sliceSize));

        Assert.That(scores, Has.Count.EqualTo(s_adapters.Length));
        for (int i = 0; i < s_adapters.Length; i++)
        {
            Assert.That(scores[i].Select(score => score.Loss), Is.EqualTo(PolicyLoss.OfEach(s_adapters[i], s_records)).AsCollection.Within(1e-5));
            Assert.That(scores[i].Select(score => score.Weight), Is.EqualTo(s_records.Select(record => (double)record.Weight)));
            Assert.That(scores[i].All(score => score.IsFinite));
        }
    }

    [Test]
    public void TheirMean_IsTheHeldOutLossOfTraining()
    {
        Interaction[] heldOut = Players.Records(150, seed: 3);
        Adapter adapter = TrainingSessions.Train(s_model, TrainingSessions.Request(s_records, heldOut));

        IReadOnlyList<IReadOnlyList<RecordScore>> scores = Score(s_model, Request(heldOut, [null, adapter]));

        Assert.That(scores[0].Average(score => score.Loss), Is.EqualTo(adapter.Training.BaseLoss).Within(1e-6));
        Assert.That(scores[1].Average(score => score.Loss), Is.EqualTo(adapter.Training.AdaptedLoss).Within(1e-6));
    }

    [Test]
    public void AStep_ScoresOneSliceUnderOneAdapter() => TrainingSessions.WithTrainer(s_model, (trainer, path) =>
    {
        using IScoringSession session = trainer.Score(Request(s_records, s_adapters, 7) with { ModelPath = path });
        for (int left = 5 * s_adapters.Length; left > 0; left--)
        {
            Assert.That(session.SlicesLeft, Is.EqualTo(left));
            Assert.That(session.Step(), Is.EqualTo(left > 1));
        }

        Assert.That(session.Step(), Is.False);
        return true;
    });

    [Test]
    public void Sequences_AreScoredStepByStep()
    {
        OnnxModel model = RecurrentModels.Tanh();
        Interaction[] records = [.. Enumerable.Range(0, 6).Select(i => RecurrentModels.Sequence(2 + i, i, withoutTarget: [1], starts: i % 2 == 0 ? [0] : [], weight: 2))];
        Adapter adapter = RandomAdapter.For(model);
        ScoreRequest request = Request(records, [null, adapter]) with { Objective = RecurrentModels.Objective };

        IReadOnlyList<IReadOnlyList<RecordScore>> scores = Score(model, request);

        for (int i = 0; i < records.Length; i++)
        {
            Assert.That(scores[0][i].Loss, Is.EqualTo(SequenceLoss.Of(model, [records[i]])).Within(1e-5));
            Assert.That(scores[1][i].Loss, Is.EqualTo(SequenceLoss.Of(SequenceLoss.Merged(model, adapter), [records[i]])).Within(1e-5));
            Assert.That(scores[0][i].Weight, Is.EqualTo(2 * records[i].Steps.Where(step => !step.Target.IsNone).Sum(step => step.Weight)));
        }
    }

    [Test]
    public void AdaptersWithAnAOfTheirOwn_AreScoredByIt()
    {
        Adapter seeded = RandomAdapter.For(s_model, projection: new SeededProjection(5)), other = RandomAdapter.For(s_model, seed: 8);

        IReadOnlyList<IReadOnlyList<RecordScore>> scores = Score(s_model, Request(s_records, [RandomAdapter.WithExplicitA(s_model, seeded), RandomAdapter.WithExplicitA(s_model, other)]));

        Assert.That(scores[0].Select(score => score.Loss), Is.EqualTo(PolicyLoss.OfEach(seeded, s_records)).AsCollection.Within(1e-5));
        Assert.That(scores[1].Select(score => score.Loss), Is.EqualTo(PolicyLoss.OfEach(other, s_records)).AsCollection.Within(1e-5));
    }

    [Test]
    public void ALossThatIsNotFinite_IsReported_ForItsRecordAlone()
    {
        Interaction[] records = [.. s_records, Players.Record([float.NaN, 0, 0, 0, 0, 0, 0, 0], Target.Class(0)), Players.Record([.. Enumerable.Repeat(3e38f, 8)], Target.Class(0))];

        IReadOnlyList<IReadOnlyList<RecordScore>> scores = Score(s_model, Request(records, [null, s_adapters[1]]));

        Assert.That(scores.Select(each => each.Select(score => score.IsFinite)), Is.All.EqualTo(records.Select((_, i) => i < s_records.Length)));
    }

    [Test]
    public void RecordsWithoutWeight_HaveNoLoss()
    {
        IReadOnlyList<IReadOnlyList<RecordScore>> scores = Score(s_model, Request([s_records[0] with { Weight = 0 }], [null]));

        Assert.That(scores[0][0], Is.EqualTo(new RecordScore(0, 0)));
    }

    [Test]
    public void RecordsThatDoNotFit_AreNamed()
    {
        Interaction narrow = Players.Record(new float[7], Target.Class(0)), beyond = Players.Record(new float[8], Target.Class(99));
        void AssertNamed(Interaction record) => Assert.That(
            () => Score(s_model, Request([.. s_records, record], [null])), Throws.TypeOf<InvalidInputException>().With.Property(nameof(InvalidInputException.Records)).EqualTo(new[] { record }));

        LiveTensors.AssertUnchangedBy(() => AssertNamed(narrow));
        LiveTensors.AssertUnchangedBy(() => AssertNamed(beyond));
    }

    [Test]
    public void AnAdapterOfAnotherModel_IsRefused() =>
        LiveTensors.AssertUnchangedBy(() => Assert.Throws<AdapterMismatchException>(() => Score(s_model, Request(s_records, [s_adapters[1], RandomAdapter.For(TinyModels.Policy(seed: 9))]))));

    [Test]
    public void NoRecords_OrNoAdapters_HaveNoScores()
    {
        Assert.That(Score(s_model, Request([], [null])), Is.EqualTo(new[] { Array.Empty<RecordScore>() }));
        Assert.That(Score(s_model, Request(s_records, [])), Is.Empty);
    }

    [Test]
    public void Scoring_LeavesNoTensorBehind() => LiveTensors.AssertUnchangedBy(() => Score(s_model, Request(s_records, s_adapters, 7)));

    private static IReadOnlyList<IReadOnlyList<RecordScore>> Score(OnnxModel model, ScoreRequest request) => TrainingSessions.WithTrainer(model, (trainer, path) =>
    {
        using IScoringSession session = trainer.Score(request with { ModelPath = path });
        return session.Complete();
    });

    private static ScoreRequest Request(IReadOnlyList<Interaction> records, IReadOnlyList<Adapter?> adapters, int? sliceSize = null) => new()
    {
        ModelPath = "",
        Objective = Players.Objective,
        Records = records,
        Adapters = adapters,
        Options = new() { SliceSize = sliceSize },
    };
}
