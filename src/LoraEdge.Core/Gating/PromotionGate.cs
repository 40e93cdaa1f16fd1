namespace LoraEdge;

/// <summary>
/// Decides from losses alone whether a candidate replaces the adapter in use. Every record is scored under base, adapter in use
/// and candidate before any of them has trained on it; the candidate may change from record to record. Promotion takes
/// evidence of being better than both that holds however often one looks (docs/decisions/0013-gate.md).
/// </summary>
/// <remarks>
/// Not safe for use by several threads at once. The promise holds for weights that do not depend on what the target was.
/// </remarks>
public sealed partial class PromotionGate
{
    private readonly GateOptions _options;
    private readonly bool _isLogLoss;
    private Comparison _overBase;
    private Comparison? _overUsed;
    private RepeatedRecords _repeated;
    private long _records;
    private long _unusable;
    private long _candidate = 1;
    private long _recordsWhileStopped;

    /// <summary>A gate without evidence.</summary>
    /// <param name="loss">What losses are of: those of cross-entropies are compared in nats, others by their own spread.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="InvalidOptionsException">An option is outside its range.</exception>
    public PromotionGate(LossKind loss, GateOptions? options = null)
    {
        _options = options ?? new GateOptions();
        _options.Validate();
        _isLogLoss = loss is LossKind.CrossEntropy or LossKind.SequenceCrossEntropy;
        _overBase = new Comparison(_isLogLoss);
        _repeated = new RepeatedRecords(_options.Patience);
    }

    /// <summary>How the candidate does so far.</summary>
    public ShadowScore Shadow => new(
        _records, _overBase.Records, _unusable,
        new Advantage(_overBase.Mean, _overBase.Evidence),
        _overUsed is { } used ? new Advantage(used.Mean, used.Evidence) : null,
        Needed);

    /// <summary>Candidates promoted so far.</summary>
    public long Promotions { get; private set; }

    /// <summary>Candidates rejected so far.</summary>
    public long Rejections { get; private set; }

    /// <summary>Candidates rejected since the last promotion or resumption.</summary>
    public int RejectionsInRow { get; private set; }

    /// <summary>Why the last one was.</summary>
    public RejectionReason LastRejection { get; private set; }

    /// <summary>Factor on the learning rate of the next candidate, 1 or lower: see <see cref="GateOptions.SlowAfter"/>.</summary>
    public double LearningRateFactor => Math.Pow(_options.SlowFactor, Math.Max(0, RejectionsInRow - _options.SlowAfter + 1));

    /// <summary>Whether training has stopped after too many rejections; <see cref="Resume"/> or enough new records end that.</summary>
    public bool IsStopped => RejectionsInRow >= _options.StopAfter;

    private double Needed => GateBudget.Needed(_options.Alpha, _candidate);

    /// <summary>Takes in one record's losses, and decides.</summary>
    /// <param name="baseLoss">Loss of the base model.</param>
    /// <param name="usedLoss">Loss of the adapter in use; null when none is.</param>
    /// <param name="candidateLoss">Loss of the candidate, which has not trained on the record.</param>
    /// <param name="hash">Tells copies of one record, which count for less and less.</param>
    /// <param name="weight">Weight of the record; above 1 it counts as 1, and 0, or what is no number, as nothing.</param>
    /// <returns>What to do. After <see cref="GateDecision.Promote"/> evidence goes on until <see cref="Promoted"/> or <see cref="Drop"/>.</returns>
    public GateDecision Add(double baseLoss, double? usedLoss, double candidateLoss, RecordHash hash, double weight = 1)
    {
        if (IsStopped)
            return GateDecision.Stopped;
        _records++;
        if (!UsableLoss.Is(baseLoss) || !UsableLoss.Is(usedLoss ?? 0))
            _unusable++;
        else if (!UsableLoss.Is(candidateLoss))
            return Reject(RejectionReason.NotFinite);
        else
            Compare(baseLoss, usedLoss, candidateLoss, Stake(hash, weight));
        return Decide();
    }

    /// <summary>The candidate is stored and served: evidence starts again, against it.</summary>
    public void Promoted()
    {
        Promotions++;
        RejectionsInRow = 0;
        _candidate = 1;
        ClearEvidence();
    }

    /// <summary>The candidate was dropped for another reason, for example because its training failed. Counts as a rejection.</summary>
    public void Drop() => Reject(RejectionReason.Dropped);

    /// <summary>The adapter in use has changed otherwise (rolled back, synced, erased): evidence starts again, against the new one.</summary>
    public void Restart()
    {
        _candidate++;
        ClearEvidence();
    }

    /// <summary>Training goes on after it had stopped, because the host asks. Evidence has to be as strong as before.</summary>
    public void Resume()
    {
        RejectionsInRow = 0;
        _recordsWhileStopped = 0;
    }

    /// <summary>Counts records that came while training was stopped.</summary>
    /// <param name="count">How many are new.</param>
    /// <returns>Whether training goes on, because <see cref="GateOptions.ResumeAfterRecords"/> have come, or because it had not stopped.</returns>
    public bool CountWhileStopped(long count)
    {
        if (!IsStopped)
            return true;
        _recordsWhileStopped = Math.Min(_recordsWhileStopped + Math.Max(count, 0), _options.ResumeAfterRecords);
        if (_recordsWhileStopped < _options.ResumeAfterRecords)
            return false;
        Resume();
        return true;
    }

    private double Stake(RecordHash hash, double weight) => weight > 0 ? Math.Min(weight, 1) * _repeated.Share(hash) : 0;

    private void Compare(double baseLoss, double? usedLoss, double candidateLoss, double stake)
    {
        _overBase.Add(baseLoss - candidateLoss, stake);
        if (usedLoss is not { } used)
            return;
        _overUsed ??= new Comparison(_isLogLoss);
        _overUsed.Add(used - candidateLoss, stake);
    }

    private GateDecision Decide()
    {
        if (Convinces(_overBase) && (_overUsed is null || Convinces(_overUsed)))
            return GateDecision.Promote;
        if (_overBase.EvidenceAgainst >= 1 / _options.Alpha)
            return Reject(RejectionReason.WorseThanBase);
        if (_overUsed?.EvidenceAgainst >= 1 / _options.Alpha)
            return Reject(RejectionReason.WorseThanUsed);
        return _records >= _options.Patience ? Reject(RejectionReason.NoEvidence) : GateDecision.Gather;
    }

    private bool Convinces(Comparison comparison) =>
        comparison.Records >= _options.MinimumRecords && comparison.Convinces(Needed);

    private GateDecision Reject(RejectionReason reason)
    {
        Rejections++;
        RejectionsInRow++;
        LastRejection = reason;
        Restart();
        return GateDecision.Reject;
    }

    private void ClearEvidence()
    {
        _overBase = new Comparison(_isLogLoss);
        _overUsed = null;
        _repeated = new RepeatedRecords(_options.Patience);
        _records = 0;
        _unusable = 0;
        _recordsWhileStopped = 0;
    }
}
