using LoraEdge.Background;

namespace LoraEdge.Adaptation;

/// <summary>Looks for what other devices have brought, and takes it over.</summary>
internal sealed class SyncJob(Profile profile, Learner learner, ProfileStore store) : BackgroundJob
{
    /// <inheritdoc />
    public override IEnumerator<JobPart> Run(IAdapterTrainer? trainer)
    {
        yield return JobPart.Lengthy;
        profile.Take(store.Poll() ?? new SyncReport());
    }

    /// <inheritdoc />
    public override void ReleaseCaches()
    {
    }

    /// <inheritdoc />
    public override void End(Exception? error, bool isCancelled)
    {
        if (error is not null)
        {
            learner.Fail(error);
            learner.Tell(profile, AdaptationEvent.Failed);
        }

        profile.EndSync();
    }
}
