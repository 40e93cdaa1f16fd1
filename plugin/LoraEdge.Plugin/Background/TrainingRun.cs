using System.Diagnostics;
using LoraEdge.Inference;
using LoraEdge.Storage;

namespace LoraEdge.Background;

/// <summary>One training of one profile: compare, train, encode, build, compare, store, swap. Executed on the training thread.</summary>
internal sealed class TrainingRun
{
    private readonly Profile _profile;
    private readonly LoraEdgePlugin _plugin;
    private readonly AdapterSlot _slot;
    private readonly TrainingRequest _request;
    private readonly CancellationTokenSource _cancellation = new();

    // Boxed, so that another thread reads figures of one step.
    private object _progress = default(TrainingProgress);

    /// <summary>Orders a training on all but the newest records, which are held out.</summary>
    public TrainingRun(Profile profile, LoraEdgePlugin plugin, AdapterSlot slot, Interaction[] records, int heldOut)
    {
        _profile = profile;
        _plugin = plugin;
        _slot = slot;
        _request = new TrainingRequest
        {
            ModelPath = plugin.Options.ModelPath,
            Objective = plugin.Options.Objective,
            Records = new ArraySegment<Interaction>(records, 0, records.Length - heldOut),
            HeldOut = new ArraySegment<Interaction>(records, records.Length - heldOut, heldOut),
            Projection = plugin.Options.Projection,
            Options = plugin.Options.Training,
        };
    }

    /// <summary>Latest figures; from any thread.</summary>
    public TrainingProgress Progress => (TrainingProgress)Volatile.Read(ref _progress);

    /// <summary>Asks the run to end before its next step; from any thread.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <summary>Tells the host that the run was cancelled before it began.</summary>
    public void ReportCancelled() => _plugin.Events.AddResult(_profile, new TrainingResult { IsCancelled = true });

    /// <summary>Runs to the end, and tells the host how it ended. Throws nothing: a host must not die of its training thread.</summary>
    public void Execute(IAdapterTrainer trainer, StepGate steps)
    {
        var watch = Stopwatch.StartNew();
        TrainingResult result;
        try
        {
            Adapter trained = Train(trainer, steps);
            StoredAdapter stored = steps.Lengthy(() => Adopt(trained, trainer), _cancellation.Token);
            result = new TrainingResult { Adapter = stored.Adapter, FilePath = stored.Path, Bytes = stored.Bytes };
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

    private Adapter Train(IAdapterTrainer trainer, StepGate steps)
    {
        steps.Lengthy(() => _plugin.Parity.RequireModel(trainer, _request.Records[0]), _cancellation.Token);
        using ITrainingSession session = steps.Lengthy(() => trainer.Start(_request), _cancellation.Token);
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
            _plugin.Parity.RequireAdapter(trainer, session, _request.Records[0]);
            _cancellation.Token.ThrowIfCancellationRequested();
            _plugin.Store.Save(stored);
        }
        catch
        {
            session.Dispose();
            throw;
        }

        _slot.Swap(session);
        return stored;
    }
}
