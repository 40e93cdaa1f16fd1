using LoraEdge.Adaptation;

namespace LoraEdge.Background;

/// <summary>One training of one profile that the host has asked for: on all records, and adopted if the held-out ones prefer it.</summary>
internal sealed class TrainingRun(Profile profile, LoraEdgePlugin plugin, Learner learner, Adopter adopter, InteractionLog log, int? heldOutRecords) : BackgroundJob
{
    private FittingRecords? _records;
    private ITrainingSession? _session;
    private TrainingResult _result = new();

    private FittingRecords Records => _records!;

    /// <inheritdoc />
    public override IEnumerator<JobPart> Run(IAdapterTrainer? given)
    {
        IAdapterTrainer trainer = given!;
        TimeSpan start = plugin.Options.Schedule.Clock.Elapsed;
        while (true)
        {
            yield return JobPart.Preparation;
            if (!Attempt(() => Start(trainer)))
                continue;
            using ITrainingSession session = _session!;
            bool isFit, more = true;
            do
            {
                yield return JobPart.Slice;
                isFit = Attempt(() => more = session.Step());
                profile.Tell(session.Progress with { Records = Records.Request.Records.Count });
            }
            while (isFit && more);

            if (!isFit)
                continue;
            yield return JobPart.Lengthy;
            _result = Adopt(session.Complete(), trainer) with { Elapsed = plugin.Options.Schedule.Clock.Elapsed - start };
            yield break;
        }
    }

    /// <inheritdoc />
    public override void ReleaseCaches() => _session?.ReleaseCaches();

    /// <inheritdoc />
    protected override void End(Exception? error, bool isCancelled)
    {
        _session = null;
        TrainingResult result = isCancelled || error is not null ? new TrainingResult { IsCancelled = isCancelled, Error = error } : _result;
        plugin.Events.Add(() => profile.RaiseCompleted(result));
    }

    private void Start(IAdapterTrainer trainer)
    {
        _records ??= new FittingRecords(Request());
        plugin.Parity.RequireModel(trainer, Records.Request.Records[0]);
        _session = trainer.Start(Records.Request);
    }

    /// <summary>All that was recorded so far but the newest records, which are held out.</summary>
    private LoggedRequest Request()
    {
        LoggedInteraction[] records = [.. log.Read()];
        int heldOut = Math.Min(heldOutRecords ?? (int)(records.Length * plugin.Options.HeldOutShare), records.Length - 1);
        Interaction[] interactions = [.. records.Select(record => record.Interaction)];
        var request = new TrainingRequest
        {
            ModelPath = plugin.Options.ModelPath,
            Objective = plugin.Options.Objective,
            Records = new ArraySegment<Interaction>(interactions, 0, records.Length - heldOut),
            HeldOut = new ArraySegment<Interaction>(interactions, records.Length - heldOut, heldOut),
            Projection = plugin.Options.Projection,
            Options = plugin.Options.Training,
            Limits = plugin.Options.Limits,
        };
        return new LoggedRequest(request, records);
    }

    /// <summary>Does something, and drops the records that turn out not to fit.</summary>
    /// <returns>Whether all fit; otherwise training begins anew without them.</returns>
    private bool Attempt(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (InvalidInputException error) when (_records is not null && Records.Drop(error))
        {
            return false;
        }
    }

    private TrainingResult Adopt(Adapter trained, IAdapterTrainer trainer)
    {
        StoredGeneration stored = adopter.Adopt(trained, learner.Forgotten, Records.CountAfter(learner.State.Counted), Records.Request.Records[0], trainer, Cancelled);
        learner.Remove(Records.DroppedNumbers);
        learner.Adopted(Records.Last);
        return new TrainingResult
        {
            Adapter = adopter.Used,
            FilePath = adopter.Path,
            Bytes = stored.Bytes,
            RecordsDropped = Records.Dropped.Count,
            DropReason = Records.Reason,
        };
    }
}
