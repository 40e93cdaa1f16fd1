using LoraEdge.Adaptation;

namespace LoraEdge.Background;

/// <summary>
/// What goes on in the background for one profile: at most one training that the host has asked for, one round of adaptation and
/// one look at what other devices have brought.
/// </summary>
internal sealed class ProfileJobs(LoraEdgePlugin plugin, Profile profile, Learner learner, ProfileStore store, WriteGate gate)
{
    private TrainingRun? _training;
    private AdaptationRound? _round;
    private SyncJob? _sync;
    private TimeSpan _nextSync;

    /// <summary>Whether a training was started and the host was not told of its end yet.</summary>
    public bool IsTraining => Volatile.Read(ref _training) is not null;

    /// <summary>Whether a round of adaptation goes on or waits for its turn.</summary>
    public bool IsInRound => Volatile.Read(ref _round) is not null;

    /// <summary>Starts a training.</summary>
    /// <returns>False when one goes on already.</returns>
    /// <exception cref="ObjectDisposedException">The plugin was disposed.</exception>
    public bool TryStart(TrainingRun training)
    {
        if (Interlocked.CompareExchange(ref _training, training, null) is not null)
            return false;
        try
        {
            plugin.Background.Enqueue(training);
            return true;
        }
        catch
        {
            EndTraining();
            throw;
        }
    }

    /// <summary>Starts what has become due. Called in every frame.</summary>
    public void StartDue(TimeSpan now)
    {
        if (plugin.AdaptsByItself && !IsInRound && !IsTraining && learner.WantsRound)
            plugin.Background.Enqueue(_round = new AdaptationRound(plugin, profile, learner, () => Volatile.Write(ref _round, null)));
        if (!plugin.Syncs || now < _nextSync || Volatile.Read(ref _sync) is not null)
            return;
        _nextSync = now + plugin.Options.SyncInterval;
        plugin.Background.Enqueue(_sync = new SyncJob(profile, learner, store, gate, () => Volatile.Write(ref _sync, null)));
    }

    /// <summary>The host was told of the training's end, or is not to be told any more.</summary>
    public void EndTraining() => Volatile.Write(ref _training, null);

    /// <summary>Cancels the training, if one goes on.</summary>
    public void CancelTraining() => Cancel(Volatile.Read(ref _training));

    /// <summary>Cancels everything.</summary>
    public void Cancel()
    {
        foreach (BackgroundJob? job in All())
            Cancel(job);
    }

    /// <summary>Cancels everything and waits for its end: for a part that is in progress.</summary>
    public void End()
    {
        BackgroundJob?[] jobs = All();
        Cancel();
        foreach (BackgroundJob? job in jobs)
            job?.WaitForEnd();
    }

    private BackgroundJob?[] All() => [Volatile.Read(ref _training), Volatile.Read(ref _round), Volatile.Read(ref _sync)];

    private void Cancel(BackgroundJob? job)
    {
        if (job is not null)
            plugin.Background.Cancel(job);
    }
}
