using LoraEdge.Background;

namespace LoraEdge.Adaptation;

/// <summary>
/// One round of a profile's adaptation: new records are scored under base, adapter in use and candidate; the gate decides; then
/// the records are trained on, which makes the next candidate. Where a round was interrupted, the next one goes on.
/// </summary>
internal sealed class AdaptationRound(LoraEdgePlugin plugin, Profile profile, Learner learner, Action ended) : BackgroundJob
{
    private IReadOnlyList<LoggedInteraction> _fresh = [];
    private IReadOnlyList<IReadOnlyList<RecordScore>> _scores = [];
    private ITrainingSession? _session;
    private bool _isTraining;

    private LearnerState State => learner.State;

    /// <inheritdoc />
    public override IEnumerator<JobPart> Run(IAdapterTrainer? given)
    {
        IAdapterTrainer trainer = given!;
        yield return JobPart.Lengthy;
        learner.BeginRound();
        if (State.Scored == State.Trained || State.Gate.IsStopped)
        {
            _fresh = learner.Fresh();
            if (_fresh.Count == 0)
                yield break;
            plugin.Parity.RequireModel(trainer, _fresh[0].Interaction);
            foreach (JobPart part in Judge(trainer))
                yield return part;
        }

        foreach (JobPart part in Train(trainer))
            yield return part;
    }

    /// <inheritdoc />
    public override void ReleaseCaches() => _session?.ReleaseCaches();

    /// <inheritdoc />
    protected override void End(Exception? error, bool isCancelled)
    {
        _session = null;
        try
        {
            if (error is not null)
                Fail(error);
        }
        catch (Exception another)
        {
            learner.Fail(another);
        }

        ended();
    }

    private void Fail(Exception error)
    {
        if (error is InvalidInputException { Records.Count: > 0 } unfit && learner.Remove(unfit.Records) > 0)
            return;
        bool isUnfit = error is AdapterMismatchException && !_isTraining && State.Candidate is not null;
        if (isUnfit || (error is TrainingFailedException && _isTraining))
        {
            learner.DropFailed();
            learner.Tell(profile, AdaptationEvent.Rejected);
            return;
        }

        learner.Fail(error);
        learner.Tell(profile, AdaptationEvent.Failed);
    }

    private IEnumerable<JobPart> Judge(IAdapterTrainer trainer)
    {
        if (learner.Used is null && State.Candidate is null)
        {
            learner.Count(_fresh);
            learner.Save();
            yield break;
        }

        foreach (JobPart part in Score(trainer, [null, learner.Used, State.Candidate]))
            yield return part;
        long rejections = State.Gate.Rejections;
        Verdict verdict = learner.Judge(_fresh, _scores);
        if (verdict == Verdict.Promote)
        {
            learner.Promote(_fresh[0].Interaction, trainer, Cancelled);
            learner.Tell(profile, AdaptationEvent.Promoted);
        }
        else if (verdict == Verdict.RollBack)
        {
            StoredGeneration[] earlier = learner.Earlier();
            foreach (JobPart part in Score(trainer, [null, .. earlier.Select(generation => generation.Adapter)]))
                yield return part;
            double[][] losses = [.. _scores.Select(scores => scores.Select(score => score.Loss).ToArray())];
            int? best = RollbackChoice.Best(losses[0], [.. losses.Skip(1)]);
            learner.RollBack(best is { } index ? earlier[index] : null);
            learner.Tell(profile, AdaptationEvent.RolledBack);
        }
        else
        {
            learner.Save();
        }

        if (State.Gate.Rejections > rejections)
            learner.Tell(profile, AdaptationEvent.Rejected);
    }

    /// <summary>Scores the new records under several adapters; ends in a lengthy part.</summary>
    private IEnumerable<JobPart> Score(IAdapterTrainer trainer, IReadOnlyList<Adapter?> adapters)
    {
        yield return JobPart.Preparation;
        Adapter?[] different = [.. adapters.Distinct()];
        using IScoringSession scoring = trainer.Score(new ScoreRequest
        {
            ModelPath = plugin.Options.ModelPath,
            Objective = plugin.Options.Objective,
            Records = [.. _fresh.Select(record => record.Interaction)],
            Adapters = different,
            Calibrated = plugin.Options.Projection as CalibratedProjection,
            Options = plugin.Options.Training,
            Limits = plugin.Options.Limits,
        });
        bool more;
        do
        {
            yield return JobPart.Slice;
            more = scoring.Step();
        }
        while (more);

        yield return JobPart.Lengthy;
        IReadOnlyList<IReadOnlyList<RecordScore>> scores = scoring.Complete();
        _scores = [.. adapters.Select(adapter => scores[Array.IndexOf(different, adapter)])];
    }

    private IEnumerable<JobPart> Train(IAdapterTrainer trainer)
    {
        if (State.Gate.IsStopped || State.Trained >= State.Scored)
            yield break;
        yield return JobPart.Preparation;
        RoundRecords records = learner.Records();
        if (records.Request is null)
        {
            learner.SkipTraining();
            yield break;
        }

        plugin.Parity.RequireModel(trainer, records.Request.Records[0]);
        _isTraining = true;
        using ITrainingSession session = _session = Open(trainer, ref records);
        bool more;
        int slices = 0;
        do
        {
            yield return JobPart.Slice;
            more = session.Step();
            profile.Tell(session.Progress with { Records = records.Request!.Records.Count });
            if (!more || ++slices % learner.Adaptation.CheckpointInterval != 0)
                continue;
            yield return JobPart.Lengthy;
            learner.WriteSession(session.Checkpoint());
        }
        while (more);

        yield return JobPart.Lengthy;
        learner.Nominate(session.Complete(), records);
        _isTraining = false;
        learner.Tell(profile, AdaptationEvent.Trained);
    }

    private ITrainingSession Open(IAdapterTrainer trainer, ref RoundRecords records)
    {
        try
        {
            return Open(trainer, records.Request!);
        }
        catch (AdapterMismatchException) when (records.Request!.Initial is not null)
        {
            // The host's projection, rank or layers are others than those that it was trained with.
            records = records.FromBase(learner.Forgotten);
            return Open(trainer, records.Request!);
        }
    }

    private ITrainingSession Open(IAdapterTrainer trainer, TrainingRequest request)
    {
        if (learner.ReadSession() is { } checkpoint)
        {
            try
            {
                return trainer.Resume(request, checkpoint);
            }
            catch (InvalidCheckpointException)
            {
                // Records or options have changed since: the round begins again.
            }
        }

        return trainer.Start(request);
    }
}
