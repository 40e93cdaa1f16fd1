using LoraEdge.Background;

namespace LoraEdge.Adaptation;

/// <summary>Looks for what other devices have brought, and takes it over.</summary>
internal sealed class SyncJob(Profile profile, Learner learner, ProfileStore store, InteractionLog log) : BackgroundJob
{
    /// <inheritdoc />
    public override IEnumerator<JobPart> Run(IAdapterTrainer? trainer)
    {
        yield return JobPart.Lengthy;
        if (store.Poll() is not { } report)
            yield break;
        profile.Tell(report);
        if (report.Forgotten.Count > 0)
        {
            log.Erase();
            learner.Forget();
            learner.Tell(profile, AdaptationEvent.Forgotten);
        }

        if (report.EffectiveChanged && learner.TakeEffective())
        {
            learner.Save();
            learner.Tell(profile, AdaptationEvent.Synced);
        }
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
