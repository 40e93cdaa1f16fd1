using LoraEdge.Training;

namespace LoraEdge.Benchmarks.Gate;

/// <summary>A frozen model as a game ships it: file, objective, projection, and how fast its adapters learn.</summary>
/// <param name="Path">The file.</param>
/// <param name="Objective">What adapters are trained for.</param>
/// <param name="Projection">Where A comes from.</param>
/// <param name="Training">How adapters are trained.</param>
internal sealed record GateModel(string Path, Objective Objective, IProjectionSource Projection, TrainingOptions Training)
{
    /// <summary>Mean loss of the base less that of an adapter, over records: above 0 where the adapter is better.</summary>
    /// <param name="adapter">The adapter; null for the base, which gains nothing.</param>
    /// <param name="records">The records, at least one.</param>
    public double Gain(Adapter? adapter, IReadOnlyList<Interaction> records)
    {
        if (adapter is null)
            return 0;
        IReadOnlyList<IReadOnlyList<RecordScore>> scores = Score([null, adapter], records);
        return scores[0].Zip(scores[1]).Average(pair => pair.First.Loss - pair.Second.Loss);
    }

    /// <summary>An adapter as training leaves it, which nobody has judged: trained on all records of a log at once.</summary>
    public Adapter Ungated(IReadOnlyList<Interaction> records)
    {
        using var trainer = new LoraFaTrainer();
        using ITrainingSession session = trainer.Start(new TrainingRequest
        {
            ModelPath = Path,
            Objective = Objective,
            Projection = Projection,
            Records = records,
            HeldOut = [],
            Options = Training,
        });
        while (session.Step())
        {
        }

        return session.Complete();
    }

    private IReadOnlyList<IReadOnlyList<RecordScore>> Score(IReadOnlyList<Adapter?> adapters, IReadOnlyList<Interaction> records)
    {
        using var trainer = new LoraFaTrainer();
        using IScoringSession scoring = trainer.Score(new ScoreRequest
        {
            ModelPath = Path,
            Objective = Objective,
            Records = records,
            Adapters = adapters,
            Calibrated = Projection as CalibratedProjection,
        });
        return scoring.Complete();
    }
}
