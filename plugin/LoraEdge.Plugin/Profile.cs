using LoraEdge.Adaptation;
using LoraEdge.Background;
using LoraEdge.Events;
using LoraEdge.Inference;
using LoraEdge.Inference.Generation;

namespace LoraEdge;

/// <summary>
/// One player: what that player did, and the adapter that was learned from it. <see cref="Record"/>, <see cref="RecordSequence"/>,
/// <see cref="Infer(IReadOnlyDictionary{string, HostTensor})"/>, <see cref="InferAsync"/>, <see cref="Prepare"/> and
/// <see cref="Generate"/> may be called from any thread; the other members from one.
/// </summary>
public sealed class Profile : IDisposable
{
    private readonly LoraEdgePlugin _plugin;
    private readonly ProfileStore _store;
    private readonly AdapterSlot _slot;
    private readonly InteractionLog _log;
    private readonly Adopter _adopter;
    private readonly Learner _learner;
    private readonly WriteGate _gate = new();
    private readonly ProgressNews _progress;
    private readonly ProfileJobs _jobs;
    private volatile bool _disposed;

    internal Profile(LoraEdgePlugin plugin, ProfileStore store, AdapterSlot slot, InteractionLog log)
    {
        _plugin = plugin;
        _store = store;
        _slot = slot;
        _log = log;
        _progress = new ProgressNews(plugin.Events, plugin.Options.Schedule.Clock, RaiseProgress);
        _adopter = new Adopter(plugin, store, slot, _gate);
        _adopter.ServeStored();
        _learner = new Learner(plugin, store, log, _adopter, _gate);
        _jobs = new ProfileJobs(plugin, this, _learner, store, _gate);
        Take(Opened(store.Opening));
        if (_adopter.Unfit is not null)
            _learner.Tell(this, AdaptationEvent.Failed);
    }

    /// <summary>Raised in <see cref="LoraEdgePlugin.Tick"/> while training goes on: at most once a tick, with the latest figures.</summary>
    public event EventHandler<TrainingProgress>? Progress;

    /// <summary>Raised in <see cref="LoraEdgePlugin.Tick"/> when a training that was started has ended: adapted, cancelled or failed. Training can be started again in it.</summary>
    public event EventHandler<TrainingResult>? Completed;

    /// <summary>Raised in <see cref="LoraEdgePlugin.Tick"/> when adaptation has done something by itself.</summary>
    public event EventHandler<AdaptationNews>? Adapted;

    /// <summary>Raised in <see cref="LoraEdgePlugin.Tick"/> when the profile's files had something to report: changes by other devices, damage, files that are left out, a clone.</summary>
    public event EventHandler<SyncReport>? Synced;

    /// <summary>Raised in <see cref="LoraEdgePlugin.Tick"/> when something happened to the records: damage, a torn end, records lost because the disk is too slow or full.</summary>
    public event EventHandler<LogReport>? LogReported;

    /// <summary>The name under which the profile was opened.</summary>
    public string Name => _store.Name;

    /// <summary>The adapter in use; null for the frozen model. Changes in the background, before an event tells.</summary>
    public Adapter? Adapter => _slot.Adapter;

    /// <summary>
    /// What rounding has done to the adapter in use, by layer whose weight has 16 bits. Empty where no weight has, without an
    /// adapter, and where the adapter is not merged.
    /// </summary>
    public IReadOnlyList<RoundingLoss> RoundingLosses => _slot.Losses;

    /// <summary>Number of the generation that this device stored last; 0 when it has stored none. Reads files.</summary>
    public long Generation => _store.Own?.Number ?? 0;

    /// <summary>
    /// Interactions that are kept, those of earlier runs included. Records that training found not to fit are taken out
    /// (<see cref="TrainingResult.RecordsDropped"/>).
    /// </summary>
    public int RecordCount => (int)Math.Min(int.MaxValue, _log.Count);

    /// <summary>Interactions that were lost since the profile was opened, because they came faster than the disk takes them.</summary>
    public long LostRecords => _log.Lost;

    /// <summary>Whether training was started and <see cref="Completed"/> has not been raised for it yet.</summary>
    public bool IsTraining => _jobs.IsTraining;

    /// <summary>How far the training in progress is, or was the last one; all zero when there was none.</summary>
    public TrainingProgress TrainingProgress => _progress.Latest;

    /// <summary>How far the plugin has come by itself (<see cref="LoraEdgeOptions.Adaptation"/>), and how the candidate does that is not yet in use.</summary>
    public AdaptationStatus Adaptation => _learner.Status;

    /// <summary>Files in the profile's folder that belong to another model, projection or rank, as after the host has shipped a new one. Reads files.</summary>
    public IReadOnlyList<string> ObsoleteFiles => _store.Obsolete;

    /// <summary>Remembers one thing that the player did. Takes no lock, waits for no disk, allocates nothing.</summary>
    /// <param name="inputs">What the model saw: its inputs by name, without those that carry state, first axis 1. Copied.</param>
    /// <param name="target">What the player did. Copied.</param>
    /// <param name="weight">Weight of the record in training, 0 or more. Default: 1.</param>
    /// <exception cref="InvalidInputException">The record does not fit the model or the objective; it is not kept.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public void Record(IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight = 1f)
    {
        RequireOpen();
        _plugin.Records.Require(inputs, target, weight);
        _log.Append(inputs, target, weight);
    }

    /// <summary>
    /// Remembers steps in a row, as one record, for a model that carries state from each to the next
    /// (<see cref="Objective.States"/>). Waits for no disk.
    /// </summary>
    /// <param name="steps">
    /// The steps in order, the state left out of their inputs; at least one with a target. <see cref="Episodes.Cut"/> makes
    /// sequences of a long recording. Copied.
    /// </param>
    /// <param name="weight">Factor on the weights of all steps, 0 or more. Default: 1.</param>
    /// <exception cref="InvalidInputException">A step does not fit the model or the objective, or none would be learned; nothing is kept.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public void RecordSequence(IReadOnlyList<Interaction> steps, float weight = 1f)
    {
        RequireOpen();
        Interaction record = Interaction.Sequence(steps, weight);
        _plugin.Records.Require(record);
        _log.Append(record);
    }

    /// <summary>Takes the newest record back; called again, the one before it. One that was trained on already stays learned. Does not wait.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public bool UndoLastRecord()
    {
        RequireOpen();
        return _log.UndoLast();
    }

    /// <summary>Returns when all records are on the disk. Waits for it: for the end of a match, not for a frame.</summary>
    /// <exception cref="IOException">The disk cannot be written; what waits is tried again.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public void FlushRecords()
    {
        RequireOpen();
        _log.Flush();
    }

    /// <summary>Writes all records into one file, for <see cref="ImportRecords"/>. Waits for the disk.</summary>
    /// <param name="destination">Where it goes.</param>
    /// <param name="key">Encrypts it. Default: null, anybody can read it.</param>
    /// <returns>Records written.</returns>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public long ExportRecords(Stream destination, EncryptionKey? key = null)
    {
        RequireOpen();
        return _log.Export(destination, key);
    }

    /// <summary>Appends exported records behind those there are; nothing is changed unless all of them fit. Waits for the disk.</summary>
    /// <param name="source">What <see cref="ExportRecords"/> wrote.</param>
    /// <param name="key">Its key, when it is encrypted.</param>
    /// <returns>Records appended.</returns>
    /// <exception cref="LogFormatException">It is no export, damaged, too large, or of a newer version.</exception>
    /// <exception cref="EncryptionKeyException">It is encrypted, and its key was not given.</exception>
    /// <exception cref="InvalidInputException">A record does not fit the model or the objective.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public long ImportRecords(Stream source, EncryptionKey? key = null)
    {
        RequireOpen();
        return _log.Import(source, key, _plugin.Records.Require);
    }

    /// <summary>
    /// Removes all records; what was learned from them stays, and adaptation goes on with what comes. Waits for the disk.
    /// <see cref="Forget"/> removes adapters as well.
    /// </summary>
    /// <returns>What was removed.</returns>
    /// <exception cref="IOException">A file cannot be deleted: call it again.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public LogErasure EraseRecords()
    {
        RequireOpen();
        return _gate.Write(_log.Erase);
    }

    /// <summary>Runs the model with this player's adapter, on the calling thread.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call.</param>
    /// <returns>The model's outputs by name.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute an output.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public IReadOnlyDictionary<string, HostTensor> Infer(IReadOnlyDictionary<string, HostTensor> inputs) => _slot.Run(inputs);

    /// <summary>Runs the model with this player's adapter, on the calling thread, for one float32 output.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call.</param>
    /// <param name="output">Name of the output.</param>
    /// <param name="destination">Where its elements go, row-major; at least as long as the output.</param>
    /// <returns>Number of elements written.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model, or the output does not fit the call.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute the output.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public int Infer(IReadOnlyDictionary<string, HostTensor> inputs, string output, Span<float> destination) => _slot.Run(inputs, output, destination);

    /// <summary>Runs the model with this player's adapter, on a thread of the pool.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed until the task has ended, and not to be changed before.</param>
    /// <param name="cancelled">Ends the inference, between two nodes of the model or before it begins. Default: none.</param>
    /// <returns>The model's outputs by name; the task fails as <see cref="Infer(IReadOnlyDictionary{string, HostTensor})"/> does.</returns>
    public Task<IReadOnlyDictionary<string, HostTensor>> InferAsync(IReadOnlyDictionary<string, HostTensor> inputs, CancellationToken cancelled = default) =>
        _slot.RunAsync(inputs, cancelled);

    /// <summary>
    /// Prepares inferences of one shape that make no garbage: inputs and outputs lie in memory of the call's own. Runs once, on
    /// the calling thread, so call it while the host is loading.
    /// </summary>
    /// <param name="inputs">The model's inputs by name, of the shapes that all runs will have; their values are copied, for a start.</param>
    /// <returns>The call, for one thread at a time, on whichever adapter is in use when it runs; the host disposes it.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute an output.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public InferenceCall Prepare(IReadOnlyDictionary<string, HostTensor> inputs) => _slot.Prepare(inputs);

    /// <summary>
    /// Continues a sequence of tokens with a language model and this player's adapter, on the calling thread
    /// (docs/language-models.md). The whole sequence is computed with the adapter that serves when it begins: one that is adopted
    /// meanwhile serves the next sequence. May be called from any thread, several at a time.
    /// </summary>
    /// <param name="prompt">Tokens to begin with; at least one.</param>
    /// <param name="options">How tokens are chosen, and when the sequence ends. Default: 128 tokens of the model's own distribution, seed 0.</param>
    /// <param name="onToken">Called with each new token before the next one is computed. What it throws ends the sequence.</param>
    /// <param name="cancellation">Ends the sequence before its next token.</param>
    /// <returns>The new tokens, and why they end.</returns>
    /// <exception cref="InvalidInputException">The prompt is empty, too long or has a token that the model does not know, or ONNX Runtime cannot run the model on it.</exception>
    /// <exception cref="InvalidOptionsException">An option is outside its range.</exception>
    /// <exception cref="ModelFormatException">The model is no decoder that can be fed, or computes something else than logits; the message names the input or output.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    /// <exception cref="OperationCanceledException">The sequence was cancelled; <paramref name="onToken"/> has had the tokens so far.</exception>
    public GeneratedSequence Generate(IReadOnlyList<int> prompt, GenerationOptions? options = null, Action<int>? onToken = null, CancellationToken cancellation = default) =>
        new SequenceGenerator(_plugin.Model.Model).Generate(_slot, prompt, options, onToken, cancellation);

    /// <summary>
    /// Begins to train an adapter on everything recorded so far, in the background; profiles wait for each other. The present
    /// adapter serves until the new one is stored, then the new one does.
    /// </summary>
    /// <param name="heldOutRecords">How many of the newest records decide when to stop and are not trained on. Default: <see cref="LoraEdgeOptions.HeldOutShare"/> of all.</param>
    /// <exception cref="InvalidInputException">Too few records to train on.</exception>
    /// <exception cref="InvalidOptionsException">The host only serves.</exception>
    /// <exception cref="InvalidOperationException">Training is going on already.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public void StartTraining(int? heldOutRecords = null)
    {
        RequireOpen();
        _plugin.RequireTrainer();
        int records = RecordCount, heldOut = heldOutRecords ?? (int)(records * _plugin.Options.HeldOutShare);
        if (heldOut < 0 || heldOut >= records)
            throw new InvalidInputException($"The profile '{Name}' has {records} records; {heldOut} of them held out leave none to train on. Record more first.");
        var run = new TrainingRun(this, _plugin, _learner, _adopter, _log, heldOutRecords);
        bool isFirst = !IsTraining;
        if (isFirst)
            _progress.Clear();
        if (!isFirst || !_jobs.TryStart(run))
            throw new InvalidOperationException($"The profile '{Name}' is training already; wait for {nameof(Completed)}.");
    }

    /// <summary>
    /// Asks training to end after the slice in progress, or before it begins; <see cref="Completed"/> tells when it has, and
    /// whether an adapter was stored first. Does nothing when none goes on.
    /// </summary>
    public void CancelTraining() => _jobs.CancelTraining();

    /// <summary>Asks adaptation to go on after it has failed, or after it has stopped because candidates were rejected.</summary>
    public void ResumeAdaptation() => _learner.Resume();

    /// <summary>
    /// Removes all that is known about the player: records, adapters of all devices and generations, and what adaptation had come
    /// to. A tombstone stays, so that copies on other devices do not bring the player back. Waits for a part of training in
    /// progress and for the disk.
    /// </summary>
    /// <returns>What was removed.</returns>
    /// <exception cref="StoreReadOnlyException">Another process writes to the storage folder.</exception>
    /// <exception cref="IOException">A file cannot be deleted: call it again.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public ForgottenPlayer Forget()
    {
        RequireOpen();
        _jobs.End();
        ForgottenProfile adapters = _gate.Write(_store.Forget);
        LogErasure records = _learner.Forget();
        return new ForgottenPlayer(adapters.Files, records.Records, records.Bytes);
    }

    /// <summary>Deletes <see cref="ObsoleteFiles"/>.</summary>
    /// <returns>Paths of the files that were deleted.</returns>
    /// <exception cref="StoreReadOnlyException">Another process writes to the storage folder.</exception>
    /// <exception cref="IOException">A file cannot be deleted.</exception>
    public IReadOnlyList<string> DeleteObsoleteFiles() => _store.DeleteObsolete();

    /// <summary>
    /// Cancels training, without waiting for it, and closes the profile; what was recorded is written. No event is raised
    /// afterwards, and no adapter stored: one that is being stored at this moment (a file of a few kilobytes) is waited for.
    /// </summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _jobs.Cancel();
        _gate.Close();
        _jobs.EndTraining();
        _slot.Dispose();
        _plugin.Close(this);
        _log.Dispose();
        _store.Dispose();
    }

    /// <summary>What serves the profile.</summary>
    internal AdapterSlot Slot => _slot;

    /// <summary>Whether a round of adaptation goes on or waits for its turn.</summary>
    internal bool IsInRound => _jobs.IsInRound;

    /// <summary>Starts what has become due. Called in every frame.</summary>
    internal void StartDue(TimeSpan now)
    {
        while (_log.TryTakeReport(out LogReport? report))
            LogReported?.Invoke(this, report);
        if (!_disposed)
            _jobs.StartDue(now);
    }

    internal void Tell(TrainingProgress progress) => _progress.Tell(progress);

    /// <summary>Does what was found in the profile's files asks for, and tells the host.</summary>
    internal void Take(SyncReport report)
    {
        if (!report.IsEmpty)
            _plugin.Events.Add(() => RaiseSynced(report));
        if (_learner.HonourTombstones())
            _learner.Tell(this, AdaptationEvent.Forgotten);
        if (_learner.TakeEffective())
            _learner.Tell(this, AdaptationEvent.Synced);
    }

    /// <summary>What opening has found. That there is an effective adapter is no change.</summary>
    private SyncReport Opened(SyncReport found) => found with
    {
        EffectiveChanged = false,
        SetAside = _learner.Damaged is { } damaged ? [.. found.SetAside, damaged] : found.SetAside,
        Ignored = _learner.Ignored is { } ignored ? [.. found.Ignored, ignored] : found.Ignored,
    };

    private void RaiseSynced(SyncReport report)
    {
        if (!_disposed)
            Synced?.Invoke(this, report);
    }

    private void RaiseProgress()
    {
        if (!_disposed)
            Progress?.Invoke(this, TrainingProgress);
    }

    internal void RaiseAdapted(AdaptationNews news)
    {
        if (!_disposed)
            Adapted?.Invoke(this, news);
    }

    internal void RaiseCompleted(TrainingResult result)
    {
        if (_disposed)
            return;
        _jobs.EndTraining();
        Completed?.Invoke(this, result);
    }

    private void RequireOpen()
    {
        if (_disposed)
            throw new ObjectDisposedException(nameof(Profile));
    }
}
