using LoraEdge.Inference;
using LoraEdge.Interactions;

namespace LoraEdge.Adaptation;

/// <summary>
/// One profile's learning: what is in use, what is a candidate for it, and the evidence about both. Used by the training
/// thread, and while no job of the profile goes on by the host's; from any thread: <see cref="Status"/>, <see cref="WantsRound"/>
/// and <see cref="Resume"/>.
/// </summary>
internal sealed class Learner
{
    private readonly LoraEdgePlugin _plugin;
    private readonly ProfileStore _store;
    private readonly RoundLog _log;
    private readonly Adopter _adopter;
    private readonly StateKeeper _keeper;
    private readonly LearnerFailures _failures = new();
    private AdaptationStatus _status = new();

    /// <summary>Reads what is known from the disk. The adapter that is stored serves already.</summary>
    public Learner(LoraEdgePlugin plugin, ProfileStore store, InteractionLog log, Adopter adopter, WriteGate gate)
    {
        (_plugin, _store, _adopter) = (plugin, store, adopter);
        _keeper = new StateKeeper(plugin, store, log, gate);
        Adaptation = plugin.Options.Adaptation ?? new AdaptationOptions();
        _log = new RoundLog(log, plugin.Options, Adaptation, gate);
        State = _keeper.Read();
        Settle();
        Show();
    }

    /// <summary>How the profile is adapted to.</summary>
    public AdaptationOptions Adaptation { get; }

    /// <summary>What learning from the base begins with.</summary>
    public VersionVector Forgotten => _store.Forgotten;

    /// <summary>A damaged state that was set aside when the profile was opened; null when it was whole.</summary>
    public DeviceFile? Damaged => _keeper.Damaged;

    /// <summary>A state whose candidate does not fit the host's projection or rank, and was dropped; null when there was none.</summary>
    public DeviceFile? Ignored { get; private set; }

    /// <summary>How far it is; from any thread.</summary>
    public AdaptationStatus Status => Volatile.Read(ref _status);

    /// <summary>What is known.</summary>
    public LearnerState State { get; private set; }

    /// <summary>The adapter in use; null for the base.</summary>
    public Adapter? Used => _adopter.Used is { IsZero: false } used ? used : null;

    /// <summary>Asks for another try after a failure, or after too many rejections; from any thread.</summary>
    public void Resume() => _failures.Resume();

    /// <summary>Whether a round has something to do; from any thread, without waiting.</summary>
    public bool WantsRound
    {
        get
        {
            if (_failures.Resumes)
                return true;
            AdaptationStatus status = Status;
            bool isUnfinished = status.ScoredThrough > status.TrainedThrough && !status.IsStopped;
            return !_failures.HasRoundFailed && (isUnfinished || _log.HasEnoughAfter(status.ScoredThrough));
        }
    }

    /// <summary>Begins a round: notes that the host has asked for another try.</summary>
    public void BeginRound()
    {
        if (!_failures.TryAgain())
            return;
        State.Gate.Resume();
        Show();
    }

    /// <summary>The next records to score, oldest first.</summary>
    public IReadOnlyList<LoggedInteraction> Fresh() => _log.Fresh(State.Scored);

    /// <summary>The checkpoint of the session of the present round; null when there is none.</summary>
    public byte[]? ReadSession() => _keeper.ReadSession(State.Round);

    /// <summary>Keeps a checkpoint of the session of the present round.</summary>
    public void WriteSession(byte[] checkpoint) => _keeper.WriteSession(State.Round, checkpoint);

    /// <summary>Keeps what has changed, and shows it.</summary>
    public void Save()
    {
        _keeper.Write(State);
        Show();
    }

    /// <summary>The candidate is better: it is stored and serves from now on.</summary>
    public void Promote(Interaction record, IAdapterTrainer trainer, CancellationToken cancelled)
    {
        StoredGeneration stored = _adopter.Adopt(State.Candidate!, VectorOf(State.Candidate!), State.NewRecords, record, trainer, cancelled);
        if (State.NewRecords > 0)
            State.Counted = State.Trained;
        double evidence = State.Gate.Shadow.OverBase.Evidence;
        State.Dismiss();
        State.Gate.Promoted();
        State.Watch(stored.Number, evidence);
        Save();
    }

    /// <summary>The adapter in use is worse than the base: an earlier one takes its place, or the base.</summary>
    /// <param name="earlier">One of the history; null for the base.</param>
    public void RollBack(StoredGeneration? earlier)
    {
        // What came from other devices and served is not to come again as a candidate.
        State.Taken = State.Taken.Merge(_adopter.Vector);
        _adopter.RollBack(earlier);
        State.Dismiss();
        State.Gate.Restart();
        State.Watch(OwnGeneration);
        Save();
    }

    /// <summary>The host has trained and adopted by itself.</summary>
    public void Adopted(long trainedThrough)
    {
        State.Dismiss();
        State.Gate.Restart();
        State.Watch(OwnGeneration);
        State.Scored = State.Trained = Math.Max(State.Scored, trainedThrough);
        State.Counted = Math.Max(State.Counted, trainedThrough);
        Save();
    }

    /// <summary>Training the candidate gave numbers that are not finite, or it does not fit the model: it goes, and the next one learns more slowly.</summary>
    public void DropFailed()
    {
        State.Dismiss();
        State.Gate.Drop();
        State.Trained = State.Scored;
        State.Round++;
        Save();
        _keeper.DeleteSession();
    }

    /// <summary>No record is left to train on.</summary>
    public void SkipTraining()
    {
        State.Trained = State.Scored;
        Save();
    }

    /// <summary>What other devices have learned becomes the candidate, or serves at once where this device has nothing of its own.</summary>
    /// <returns>Whether there was anything that is not known.</returns>
    public bool TakeEffective()
    {
        if (_store.Effective is not { } effective || State.Taken.Merge(_adopter.Vector).Includes(effective.Vector))
            return false;
        if (_plugin.IsReadOnly)
        {
            _adopter.ServeStored();
        }
        else if (_store.Own is null)
        {
            _adopter.Serve(effective.Adapter, effective.Vector);
            State.Watch(0);
        }
        else
        {
            (State.Candidate, State.NewRecords) = (effective.Adapter, 0);
            State.Taken = State.Taken.Merge(effective.Vector);
        }

        State.Gate.Restart();
        Save();
        return true;
    }

    /// <summary>Erases what the player did, where another device has forgotten the player and that is not done yet.</summary>
    /// <returns>Whether there was something to do.</returns>
    public bool HonourTombstones()
    {
        if (State.Forgotten.Includes(_store.Forgotten))
            return false;
        Forget();
        return true;
    }

    /// <summary>All that adaptation knows about the player goes, records first: a crash leaves it to <see cref="HonourTombstones"/>.</summary>
    /// <returns>What was in the log.</returns>
    public LogErasure Forget()
    {
        LogErasure erased = _log.Erase();
        State = _keeper.New();
        State.Forgotten = _store.Forgotten;
        _keeper.Erase(State);
        _failures.Forget();
        _adopter.ServeStored();
        Show();
        return erased;
    }

    /// <summary>A trained adapter becomes the candidate. What it grew from goes with it, as its vector.</summary>
    /// <param name="trained">The adapter.</param>
    /// <param name="records">What it was trained on.</param>
    public void Nominate(Adapter trained, RoundRecords records)
    {
        State.NewRecords = records.New + (records.Request!.Initial is not null && State.Candidate is not null ? State.NewRecords : 0);
        State.Candidate = trained.With([OriginFields.Vector(records.From)]);
        State.Round++;
        State.Trained = State.Scored;
        Save();
        _keeper.DeleteSession();
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

    /// <summary>There is nothing to judge: the records only count.</summary>
    public void Count(IReadOnlyList<LoggedInteraction> fresh)
    {
        State.Scored = fresh[fresh.Count - 1].Sequence;
        State.Gate.CountWhileStopped(fresh.Count);
    }

    /// <summary>What a round trains on.</summary>
    public RoundRecords Records()
    {
        RoundRecords records = _log.Records(State);
        return State.Candidate is { } candidate ? records.Extending(candidate, VectorOf(candidate))
            : Used is { } used ? records.Extending(used, _adopter.Vector)
            : records.FromBase(Forgotten);
    }

    /// <summary>Removes records that turned out not to fit, of those that were read last.</summary>
    /// <returns>How many were removed.</returns>
    public long Remove(IReadOnlyList<Interaction> unfit) => _log.Remove(unfit);

    /// <summary>Removes records for good, by their numbers.</summary>
    public void Remove(IEnumerable<long> numbers) => _log.Remove(numbers);

    /// <summary>Generations before the one in use, the newest first.</summary>
    public StoredGeneration[] Earlier() =>
        [.. _store.History.Where(generation => _store.Refuse(generation.Adapter) is null && !generation.Adapter.IsZero).Reverse().Skip(1)];

    /// <summary>Adaptation waits until the host asks for another try.</summary>
    public void Fail(Exception error)
    {
        _failures.FailRound(error);
        Show();
    }

    /// <summary>Looking for what other devices have brought has failed, or works (again). Adaptation goes on in either case.</summary>
    /// <returns>Whether that is news.</returns>
    public bool FailSync(Exception? error)
    {
        bool isNews = _failures.FailSync(error);
        if (isNews)
            Show();
        return isNews;
    }

    /// <summary>Tells the host.</summary>
    public void Tell(Profile profile, AdaptationEvent what)
    {
        _plugin.Metrics.AddDecision(what);
        var news = new AdaptationNews(what, Status);
        _plugin.Events.Add(() => profile.RaiseAdapted(news));
    }

    private long OwnGeneration => _store.Own?.Number ?? 0;

    /// <summary>
    /// Makes the state agree with what is in use and with the log, where a crash, a restored backup or an older file keeps them
    /// from it. Of an adapter that it does not know nobody can tell which records it has seen: only those that come count.
    /// </summary>
    private void Settle()
    {
        if (State.Candidate is { } candidate && _store.Refuse(candidate) is { } reason)
        {
            Ignored = new DeviceFile { Path = _keeper.Path, State = DeviceFileState.Ignored, Adapter = candidate, Reason = $"its candidate was dropped: {reason}" };
            State.Dismiss();
            State.Gate.Restart();
        }

        if (State.Generation != OwnGeneration)
        {
            // One that was stored after the state: its records are among those that there are.
            if (OwnGeneration > State.Generation)
                State.Counted = _log.Newest;
            State.Dismiss();
            State.Gate.Restart();
            State.Watch(OwnGeneration);
            State.Scored = State.Trained = Used is null ? 0 : _log.Newest;
        }

        // A log that lost records, or is kept in memory, gives their numbers to others.
        State.Scored = Math.Min(State.Scored, _log.Newest);
        State.Trained = Math.Min(State.Trained, State.Scored);
        State.Counted = Math.Min(State.Counted, _log.Newest);
    }

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
        State.Dismiss();
        return Verdict.Reject;
    }

    private static VersionVector VectorOf(Adapter adapter) => AdapterOrigin.Of(adapter, "the adapter").Vector;

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
            Error = _failures.Error ?? _adopter.Unfit,
        });
    }
}
