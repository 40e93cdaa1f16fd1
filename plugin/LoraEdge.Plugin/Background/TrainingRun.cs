using System.Diagnostics;
using LoraEdge.Inference;
using LoraEdge.Interactions;
using LoraEdge.Storage;

namespace LoraEdge.Background;

/// <summary>One training of one profile that the host has asked for: compare, train, encode, build, compare, store, swap.</summary>
internal sealed class TrainingRun : BackgroundJob
{
    private readonly Profile _profile;
    private readonly LoraEdgePlugin _plugin;
    private readonly AdapterSlot _slot;
    private readonly RecordList _log;
    private readonly FittingRecords _records;
    private readonly object _adopting = new();
    private ITrainingSession? _session;
    private TrainingResult _result = new();

    // Boxed, so that another thread reads figures of one step.
    private object _progress = default(TrainingProgress);

    /// <summary>Orders a training on all but the newest records, which are held out.</summary>
    /// <exception cref="InvalidInputException">Nothing would be left to train on.</exception>
    public TrainingRun(Profile profile, LoraEdgePlugin plugin, AdapterSlot slot, RecordList log, int? heldOutRecords)
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
        });
    }

    /// <summary>Latest figures; from any thread.</summary>
    public TrainingProgress Progress => (TrainingProgress)Volatile.Read(ref _progress);

    /// <summary>Waits while an adapter is being stored. After a cancel, none is stored any more once this has returned.</summary>
    public void WaitForAdoption()
    {
        lock (_adopting)
        {
        }
    }

    /// <inheritdoc />
    public override IEnumerator<Segment> Run(IAdapterTrainer trainer)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            yield return Segment.Lengthy;
            if (!Attempt(() => Start(trainer)))
                continue;
            using ITrainingSession session = _session!;
            bool isFit, more = true;
            do
            {
                yield return Segment.Slice;
                isFit = Attempt(() => more = session.Step());
                Tell(session);
            }
            while (isFit && more);

            if (!isFit)
                continue;
            yield return Segment.Lengthy;
            _result = Adopt(session.Complete(), trainer) with { Elapsed = watch.Elapsed };
            yield break;
        }
    }

    /// <inheritdoc />
    public override void ReleaseCaches() => _session?.ReleaseCaches();

    /// <inheritdoc />
    public override void End(Exception? error, bool isCancelled)
    {
        _session = null;
        _plugin.Events.AddResult(_profile, isCancelled || error is not null ? new TrainingResult { IsCancelled = isCancelled, Error = error } : _result);
    }

    private void Start(IAdapterTrainer trainer)
    {
        _plugin.Parity.RequireModel(trainer, _records.Request.Records[0]);
        _session = trainer.Start(_records.Request);
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
        catch (InvalidInputException error) when (_records.Drop(error))
        {
            return false;
        }
    }

    private void Tell(ITrainingSession session)
    {
        Volatile.Write(ref _progress, session.Progress);
        _plugin.Events.AddProgress(_profile);
    }

    // The file and the session are made from the same bytes, and the file is written only when the session stands and
    // computes what training does, so that the adapter in use and the one on disk differ at no moment but between writing and
    // swapping.
    private TrainingResult Adopt(Adapter trained, IAdapterTrainer trainer)
    {
        StoredAdapter stored = _plugin.Store.Encode(_profile.Name, trained);
        MergedSession session = _plugin.Model.Build(stored.Adapter);
        try
        {
            _plugin.Parity.RequireAdapter(trainer, session, _records.Request.Records[0]);
            lock (_adopting)
            {
                Cancelled.ThrowIfCancellationRequested();
                _plugin.Store.Save(stored);
                _plugin.Parity.StoreFindings();
                _slot.Swap(session);
            }
        }
        catch
        {
            session.Dispose();
            throw;
        }

        _log.Remove(_records.Dropped);
        return new TrainingResult
        {
            Adapter = stored.Adapter,
            FilePath = stored.Path,
            Bytes = stored.Bytes,
            RecordsDropped = _records.Dropped.Count,
            DropReason = _records.Reason,
        };
    }
}
