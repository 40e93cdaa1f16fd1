using LoraEdge.Inference;
using LoraEdge.Interactions;

namespace LoraEdge.Adaptation;

/// <summary>
/// One profile's learning: what is in use, what is a candidate for it, and the evidence about both. Used by the training
/// thread; other threads see <see cref="Status"/>.
/// </summary>
internal sealed class Learner
{
    private const string StateName = "learner.state";
    private const string CheckpointName = "session.checkpoint";

    private readonly LoraEdgePlugin _plugin;
    private readonly ProfileStore _store;
    private readonly InteractionLog _log;
    private readonly Adopter _adopter;
    private LearnerState? _state;
    private AdaptationStatus _status = new();
    private LoggedInteraction[] _read = [];
    private Exception? _error;
    private volatile bool _resume;

    public Learner(LoraEdgePlugin plugin, ProfileStore store, InteractionLog log, Adopter adopter)
    {
        _plugin = plugin;
        _store = store;
        _log = log;
        _adopter = adopter;
        Adaptation = plugin.Options.Adaptation ?? new AdaptationOptions();
    }

    /// <summary>How the profile is adapted to.</summary>
    public AdaptationOptions Adaptation { get; }

    /// <summary>What learning from the base begins with.</summary>
    public VersionVector Forgotten => _store.Forgotten;

    /// <summary>How far it is; from any thread.</summary>
    public AdaptationStatus Status => Volatile.Read(ref _status);

    /// <summary>What is known; read from the disk when it is first asked for.</summary>
    public LearnerState State => _state ??= Load();

    /// <summary>The adapter in use; null for the base.</summary>
    public Adapter? Used => _adopter.Used is { IsZero: false } used ? used : null;

    /// <summary>Asks for another try after a failure, or after too many rejections; from any thread.</summary>
    public void Resume() => _resume = true;

    /// <summary>Whether a round has something to do; from any thread, without waiting.</summary>
    public bool WantsRound
    {
        get
        {
            AdaptationStatus status = Status;
            bool isUnfinished = status.ScoredThrough > status.TrainedThrough && !status.IsStopped;
            return _resume || (status.Error is null && (isUnfinished || _log.LastSequence - status.ScoredThrough >= Adaptation.MinimumNewRecords));
        }
    }

    /// <summary>Begins a round: notes that the host has asked for another try.</summary>
    public void BeginRound()
    {
        if (!_resume)
            return;
        (_error, _resume) = (null, false);
        State.Gate.Resume();
    }

    /// <summary>The next records to score, oldest first: at most a quarter of those there were, so that each part is judged by a candidate that knows most of what was before.</summary>
    public IReadOnlyList<LoggedInteraction> Fresh()
    {
        int most = (int)Math.Max(Adaptation.MinimumNewRecords, Math.Min(int.MaxValue, _log.Count / 4));
        return _read = [.. _log.Read(after: State.Scored).Take(most)];
    }

    /// <summary>The checkpoint of the session of the present round; null when there is none.</summary>
    public byte[]? ReadSession()
    {
        byte[]? file = _store.ReadLocal(CheckpointName);
        return file is { Length: > sizeof(long) } && BitConverter.ToInt64(file, 0) == State.Round ? file.AsSpan(sizeof(long)).ToArray() : null;
    }

    /// <summary>Keeps a checkpoint of the session of the present round.</summary>
    public void WriteSession(byte[] checkpoint) => _store.WriteLocal(CheckpointName, [.. BitConverter.GetBytes(State.Round), .. checkpoint]);

    /// <summary>The session has ended.</summary>
    public void ForgetSession() => _store.DeleteLocal(CheckpointName);

    /// <summary>Keeps what has changed, and shows it.</summary>
    public void Save()
    {
        _store.WriteLocal(StateName, State.Write());
        Show();
    }

    /// <summary>The candidate is better: it is stored and serves from now on.</summary>
    public void Promote(Interaction record, IAdapterTrainer trainer, CancellationToken cancelled)
    {
        _adopter.Adopt(State.Candidate!, VectorOf(State.Candidate!), State.NewRecords, record, trainer, cancelled);
        Dismiss();
        State.Gate.Promoted();
        State.WatchAnother();
    }

    /// <summary>The adapter in use is worse than the base: an earlier one takes its place, or the base.</summary>
    /// <param name="earlier">One of the history; null for the base.</param>
    public void RollBack(StoredGeneration? earlier)
    {
        _adopter.RollBack(earlier);
        Dismiss();
        State.Gate.Restart();
        State.WatchAnother();
    }

    /// <summary>The host has trained and adopted by itself.</summary>
    public void Adopted(long trainedThrough)
    {
        Dismiss();
        State.Gate.Restart();
        State.WatchAnother();
        (State.Scored, State.Trained) = (trainedThrough, trainedThrough);
        Save();
    }

    /// <summary>The candidate goes.</summary>
    public void Dismiss() => (State.Candidate, State.NewRecords) = (null, 0);

    /// <summary>What other devices have learned becomes the candidate, or serves at once where this device has nothing of its own.</summary>
    public bool TakeEffective()
    {
        if (_store.Effective is not { } effective || _adopter.Vector.Includes(effective.Vector))
            return false;
        if (_store.Own is not null)
            State.Candidate = effective.Adapter;
        else
            _adopter.Serve(effective.Adapter, effective.Vector);
        State.NewRecords = 0;
        State.Gate.Restart();
        State.WatchAnother();
        return true;
    }

    /// <summary>A trained adapter becomes the candidate. What it grew from goes with it, as its vector.</summary>
    /// <param name="trained">The adapter.</param>
    /// <param name="newRecords">Records that it has learned from besides.</param>
    public void Nominate(Adapter trained, int newRecords)
    {
        VersionVector from = State.Candidate is { } candidate ? VectorOf(candidate) : _adopter.Vector;
        State.Candidate = trained.With([OriginFields.Vector(from)]);
        State.NewRecords += newRecords;
        State.Round++;
        State.Trained = State.Scored;
        Save();
        ForgetSession();
    }

    /// <summary>Feeds the gate with the scores of new records, up to the first that decides.</summary>
    /// <param name="fresh">The records.</param>
    /// <param name="scores">Their scores under base, adapter in use and candidate.</param>
    public Verdict Judge(IReadOnlyList<LoggedInteraction> fresh, IReadOnlyList<IReadOnlyList<RecordScore>> scores)
    {
        Verdict verdict = Verdict.GoOn;
        for (int i = 0; i < fresh.Count && verdict is Verdict.GoOn or Verdict.Reject; i++)
        {
            State.Scored = fresh[i].Sequence;
            Verdict next = Judge(fresh[i].Interaction, scores[0][i], scores[1][i].Loss, scores[2][i].Loss);
            verdict = next == Verdict.GoOn ? verdict : next;
        }

        return verdict;
    }

    /// <summary>What a round trains on.</summary>
    public RoundRecords Records() =>
        RoundRecords.Plan(_read = [.. _log.Read().TakeWhile(record => record.Sequence <= State.Scored)], State, _plugin.Options, Adaptation.ReplayShare, Extensible(State.Candidate) ?? Extensible(Used));

    /// <summary>Removes records that turned out not to fit, of those that were read last.</summary>
    /// <returns>How many were removed.</returns>
    public long Remove(IReadOnlyList<Interaction> unfit) =>
        _log.Remove(_read.Where(record => unfit.Any(one => ReferenceEquals(one, record.Interaction))).Select(record => record.Sequence));

    /// <summary>Generations before the one in use, the newest first.</summary>
    public StoredGeneration[] Earlier() =>
        [.. _store.History.Where(generation => generation.Adapter.Model == _plugin.Fingerprint && !generation.Adapter.IsZero).Reverse().Skip(1)];

    /// <summary>Whether the player was forgotten and this device has not erased all of it yet: the tombstone is new here, or a crash came between.</summary>
    public bool HasToForget => !_store.IsReadOnly && !State.Forgotten.Includes(_store.Forgotten);

    /// <summary>
    /// Everything about the player goes. The new state comes last and says that all has gone: whatever a crash leaves before is
    /// erased when the profile is opened again.
    /// </summary>
    /// <returns>What was in the log.</returns>
    public LogErasure Forget()
    {
        LogErasure erased = _log.Erase();
        ForgetSession();
        _state = New();
        _state.Forgotten = _store.Forgotten;
        _adopter.ServeStored();
        Save();
        return erased;
    }

    /// <summary>Adaptation waits until the host asks for another try.</summary>
    public void Fail(Exception error)
    {
        _error = error;
        Show();
    }

    /// <summary>Tells the host.</summary>
    public void Tell(Profile profile, AdaptationEvent what)
    {
        _plugin.Metrics.AddDecision(what);
        _plugin.Events.Add(() => profile.RaiseAdapted(new AdaptationNews(what, Status)));
    }

    /// <summary>An adapter that training can go on from; null where the host's options have changed since.</summary>
    private Adapter? Extensible(Adapter? adapter) =>
        adapter?.Rank == _plugin.Options.Training.Rank && adapter.Scale == _plugin.Options.Training.Scale ? adapter : null;

    private Verdict Judge(Interaction record, RecordScore frozen, double used, double candidate)
    {
        double weight = frozen.Weight > 0 ? record.Weight : 0;
        RecordHash hash = RecordHash.Of(record);
        if (Used is not null && State.Monitor.Add(frozen.Loss, used, hash, weight))
            return Verdict.RollBack;
        if (State.Gate.IsStopped)
            State.Gate.CountWhileStopped(1);
        if (State.Candidate is null)
            return Verdict.GoOn;
        GateDecision decision = State.Gate.Add(frozen.Loss, Used is null ? null : used, candidate, hash, weight);
        if (decision == GateDecision.Promote)
            return Verdict.Promote;
        if (decision != GateDecision.Reject)
            return Verdict.GoOn;
        Dismiss();
        return Verdict.Reject;
    }

    private static VersionVector VectorOf(Adapter adapter) => AdapterOrigin.Of(adapter, "the adapter").Vector;

    private LearnerState New() => new(_plugin.Fingerprint, _plugin.Options.Objective.Loss, Adaptation.Gate);

    private LearnerState Load()
    {
        _state = _store.ReadLocal(StateName) is { } file
            ? LearnerState.Read(file, _store.LocalPath(StateName), _plugin.Fingerprint, _plugin.Options.Objective.Loss, Adaptation.Gate)
            : New();
        _state.EndAt(_log.LastSequence);
        Show();
        return _state;
    }

    private void Show()
    {
        PromotionGate gate = State.Gate;
        Volatile.Write(ref _status, new AdaptationStatus
        {
            ScoredThrough = State.Scored,
            TrainedThrough = State.Trained,
            Shadow = State.Candidate is null ? null : gate.Shadow,
            Promotions = gate.Promotions,
            Rejections = gate.Rejections,
            LastRejection = gate.LastRejection,
            LearningRateFactor = gate.LearningRateFactor,
            IsStopped = gate.IsStopped,
            Error = _error,
        });
    }
}
