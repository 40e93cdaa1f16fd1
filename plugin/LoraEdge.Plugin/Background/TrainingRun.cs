using System.Diagnostics;
using LoraEdge.Inference;
using LoraEdge.Interactions;
using LoraEdge.Storage;

namespace LoraEdge.Background;

/// <summary>One training of one profile: compare, train, encode, build, compare, store, swap. Executed on the training thread.</summary>
internal sealed class TrainingRun
{
    private readonly Profile _profile;
    private readonly LoraEdgePlugin _plugin;
    private readonly AdapterSlot _slot;
    private readonly InteractionLog _log;
    private readonly FittingRecords _records;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly object _adopting = new();

    // Boxed, so that another thread reads figures of one step.
    private object _progress = default(TrainingProgress);

    /// <summary>Orders a training on all but the newest records, which are held out.</summary>
    /// <exception cref="InvalidInputException">Nothing would be left to train on.</exception>
    public TrainingRun(Profile profile, LoraEdgePlugin plugin, AdapterSlot slot, InteractionLog log, int? heldOutRecords)
    {
        _profile = profile;
        _plugin = plugin;
        _slot = slot;
        _log = log;
        Interaction[] records = log.Snapshot();
        int heldOut = heldOutRecords ?? (int)(records.Length * plugin.Options.HeldOutShare);
        if (heldOut < 0 || heldOut >= records.Length)
            throw new InvalidInputException($"The profile '{profile.Name}' has {records.Length} records; {heldOut} of them held out leave none to train on. Record more first.");
        _records = new FittingRecords(new TrainingRequest
        {
            ModelPath = plugin.Options.ModelPath,
            Objective = plugin.Options.Objective,
            Records = new ArraySegment<Interaction>(records, 0, records.Length - heldOut),
            HeldOut = new ArraySegment<Interaction>(records, records.Length - heldOut, heldOut),
            Projection = plugin.Options.Projection,
            Options = plugin.Options.Training,
            Limits = plugin.Options.Limits,
        });
    }

    /// <summary>Latest figures; from any thread.</summary>
    public TrainingProgress Progress => (TrainingProgress)Volatile.Read(ref _progress);

    /// <summary>Asks the run to end before its next step; from any thread. An adapter that is being stored still is.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <summary>Waits while an adapter is being stored. After a cancel, none is stored any more once this has returned.</summary>
    public void WaitForAdoption()
    {
        lock (_adopting)
        {
        }
    }

    /// <summary>Tells the host that the run was cancelled before it began.</summary>
    public void ReportCancelled() => _plugin.Events.AddResult(_profile, new TrainingResult { IsCancelled = true });

    /// <summary>Runs to the end, and tells the host how it ended. Throws nothing: a host must not die of its training thread.</summary>
    public void Execute(IAdapterTrainer trainer, StepGate steps)
    {
        var watch = Stopwatch.StartNew();
        TrainingResult result;
        try
        {
            Adapter trained = TrainOnWhatFits(trainer, steps);
            StoredAdapter stored = steps.Lengthy(() => Adopt(trained, trainer), _cancellation.Token);
            _log.Remove(_records.Dropped);
            result = new TrainingResult
            {
                Adapter = stored.Adapter,
                FilePath = stored.Path,
                Bytes = stored.Bytes,
                RecordsDropped = _records.Dropped.Count,
                DropReason = _records.Reason,
            };
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            result = new TrainingResult { IsCancelled = true };
        }
        catch (Exception error)
        {
            result = new TrainingResult { Error = error };
        }

        _plugin.Events.AddResult(_profile, result with { Elapsed = watch.Elapsed });
    }

    private Adapter TrainOnWhatFits(IAdapterTrainer trainer, StepGate steps)
    {
        while (true)
        {
            try
            {
                return Train(trainer, steps);
            }
            catch (InvalidInputException error) when (_records.Drop(error))
            {
                // Once more without them.
            }
        }
    }

    private Adapter Train(IAdapterTrainer trainer, StepGate steps)
    {
        steps.Lengthy(() => _plugin.Parity.RequireModel(trainer, _records.Request.Records[0]), _cancellation.Token);
        using ITrainingSession session = steps.Lengthy(() => trainer.Start(_records.Request), _cancellation.Token);
        bool more;
        do
        {
            more = steps.Step(session.Step, _cancellation.Token);
            Volatile.Write(ref _progress, session.Progress);
            _plugin.Events.AddProgress(_profile);
        }
        while (more);

        return steps.Lengthy(session.Complete, _cancellation.Token);
    }

    // The file and the session are made from the same bytes, and the file is written only when the session stands and
    // computes what training does, so that the adapter in use and the one on disk differ at no moment but between writing and
    // swapping.
    private StoredAdapter Adopt(Adapter trained, IAdapterTrainer trainer)
    {
        StoredAdapter stored = _plugin.Store.Encode(_profile.Name, trained);
        MergedSession session = _plugin.Model.Build(stored.Adapter);
        try
        {
            _plugin.Parity.RequireAdapter(trainer, session, _records.Request.Records[0]);
            lock (_adopting)
            {
                _cancellation.Token.ThrowIfCancellationRequested();
                _plugin.Store.Save(stored);
                _slot.Swap(session);
            }
        }
        catch
        {
            session.Dispose();
            throw;
        }

        return stored;
    }
}
