namespace LoraEdge.Adaptation;

/// <summary>What a round trains on.</summary>
/// <param name="Request">The order to the trainer; null when no record is left to train on.</param>
/// <param name="New">How many records no stored generation counts, of those that were not trained on before; those that are held out included.</param>
internal sealed record RoundRecords(TrainingRequest? Request, int New)
{
    /// <summary>What the adapter that training extends had learned from.</summary>
    public VersionVector From { get; private init; } = VersionVector.Empty;

    /// <summary>Plans a round.</summary>
    /// <param name="records">All records that were scored, in order.</param>
    /// <param name="state">How far training is.</param>
    /// <param name="options">The host's options.</param>
    /// <param name="replayShare">Share of older records.</param>
    public static RoundRecords Plan(IReadOnlyList<LoggedInteraction> records, LearnerState state, LoraEdgeOptions options, double replayShare)
    {
        long[] older = [.. records.Where(record => record.Sequence <= state.Trained).Select(record => record.Sequence)];
        long[] fresh = [.. records.Where(record => record.Sequence > state.Trained).Select(record => record.Sequence)];
        int uncounted = fresh.Count(number => number > state.Counted);
        TrainingOptions training = options.Training with { LearningRate = options.Training.LearningRate * state.Gate.LearningRateFactor };
        ContinualPlan plan = ContinualPlan.Of(older, fresh, training, options.HeldOutShare, (ulong)state.Round, replayShare);
        if (plan.Trained.Count == 0)
            return new RoundRecords(null, uncounted);
        var byNumber = records.ToDictionary(record => record.Sequence, record => record.Interaction);
        return new RoundRecords(
            new TrainingRequest
            {
                ModelPath = options.ModelPath,
                Objective = options.Objective,
                Records = [.. plan.Trained.Select(number => byNumber[number])],
                HeldOut = [.. plan.HeldOut.Select(number => byNumber[number])],
                Projection = options.Projection,
                Options = plan.Options,
                Limits = options.Limits,
            },
            uncounted);
    }

    /// <summary>The same, beginning at an adapter.</summary>
    public RoundRecords Extending(Adapter initial, VersionVector from) => this with { Request = Request is null ? null : Request with { Initial = initial }, From = from };

    /// <summary>The same, beginning at the base.</summary>
    public RoundRecords FromBase(VersionVector forgotten) => this with { Request = Request is null ? null : Request with { Initial = null }, From = forgotten };
}
