using LoraEdge;

namespace Rival.Play;

/// <summary>What the plugin tells of profiles' training, made into what a page shows. For the loop's thread.</summary>
internal sealed class TrainingView(RivalIntegration integration, IHostClock clock)
{
    /// <summary>Training that has not been heard of for so long does not work at this moment.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(0.3);

    private TimeSpan _lastProgress = TimeSpan.MinValue / 2;

    /// <summary>Whether the training thread is at work.</summary>
    public bool IsWorking => !integration.IsTrainingPaused && clock.Elapsed - _lastProgress < s_silence;

    /// <summary>Listens to a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="told">Called when adaptation has done something.</param>
    public void Listen(OpenProfile profile, Action<AdaptationEvent> told)
    {
        profile.Mind.Profile.Progress += (_, _) => _lastProgress = clock.Elapsed;
        profile.Mind.Profile.Adapted += (_, news) =>
        {
            profile.LastDecision = Words(news);
            told(news.Kind);
        };
    }

    /// <summary>What the page shows of a profile.</summary>
    public TrainingState Of(OpenProfile profile)
    {
        AdaptationStatus adaptation = profile.Mind.Profile.Adaptation;
        TrainingProgress progress = profile.Mind.Profile.TrainingProgress;
        return new TrainingState(
            Status(profile, adaptation),
            progress.PlannedSteps > 0 ? Math.Round((double)progress.Step / progress.PlannedSteps, 3) : 0,
            Math.Round(integration.DutyCycle, 3),
            integration.IsTrainingPaused,
            integration.Provider,
            "CPU, 1 thread",
            Shadow(adaptation.Shadow),
            profile.LastDecision,
            (int)adaptation.Promotions);
    }

    private string Status(OpenProfile profile, AdaptationStatus adaptation) =>
        integration.IsReadOnly || !profile.Learns ? "off"
        : integration.IsTrainingPaused ? "paused"
        : IsWorking ? "training"
        : adaptation.IsStopped || adaptation.Error is not null ? "waiting"
        : profile.Mind.Profile.RecordCount - adaptation.ScoredThrough >= new AdaptationOptions().MinimumNewRecords ? "scoring"
        : "collecting";

    private static ShadowState? Shadow(ShadowScore? shadow)
    {
        if (shadow is null)
            return null;
        double evidence = Math.Min(shadow.OverBase.Evidence, shadow.OverUsed?.Evidence ?? double.MaxValue);
        double share = Math.Log(Math.Clamp(evidence, 1, 1e300)) / Math.Log(Math.Max(shadow.EvidenceNeeded, 1.001));
        return new ShadowState(shadow.Records, Math.Round(shadow.OverBase.Mean, 4), Math.Round(Math.Min(1, share), 3));
    }

    private static string Words(AdaptationNews news) => news.Kind switch
    {
        AdaptationEvent.Trained => "A candidate was trained; the next moves judge it.",
        AdaptationEvent.Promoted => "The candidate foretold new moves better, and is in use now.",
        AdaptationEvent.Rejected => news.Status.LastRejection switch
        {
            RejectionReason.WorseThanBase => "A candidate was dropped: worse than the base.",
            RejectionReason.WorseThanUsed => "A candidate was dropped: worse than the adapter in use.",
            RejectionReason.NoEvidence => "A candidate was dropped: not shown to be better.",
            _ => "A candidate was dropped.",
        },
        AdaptationEvent.RolledBack => "The adapter in use had become worse than the base; an earlier one is in use again.",
        AdaptationEvent.Synced => "Another device has brought what it learned.",
        AdaptationEvent.Forgotten => "The player was forgotten on another device, and so here.",
        _ => $"Adaptation waits: {news.Status.Error?.Message}",
    };
}
