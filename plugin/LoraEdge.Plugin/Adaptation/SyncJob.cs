using LoraEdge.Background;

namespace LoraEdge.Adaptation;

/// <summary>Looks for what other devices have brought, and takes it over.</summary>
internal sealed class SyncJob(Profile profile, Learner learner, ProfileStore store, WriteGate gate, Action ended) : BackgroundJob
{
    /// <inheritdoc />
    public override bool IsUrgent => true;

    /// <inheritdoc />
    public override IEnumerator<JobPart> Run(IAdapterTrainer? trainer)
    {
        yield return JobPart.Lengthy;
        profile.Take(gate.Write(store.Poll) ?? new SyncReport());
        learner.FailSync(null);
    }

    /// <inheritdoc />
    public override void ReleaseCaches()
    {
    }

    /// <inheritdoc />
    protected override void End(Exception? error, bool isCancelled)
    {
        if (error is not null && learner.FailSync(error))
            learner.Tell(profile, AdaptationEvent.Failed);

        ended();
    }
}
