namespace LoraEdge;

/// <summary>How far a profile's adaptation is. A snapshot.</summary>
public sealed record AdaptationStatus
{
    /// <summary>Number of the newest record that was scored; what is newer waits for the next round.</summary>
    public long ScoredThrough { get; init; }

    /// <summary>Number of the newest record that was trained on.</summary>
    public long TrainedThrough { get; init; }

    /// <summary>How the candidate does on records that it has not seen, against what is served; not in use yet. Null without a candidate.</summary>
    public ShadowScore? Shadow { get; init; }

    /// <summary>Candidates promoted so far.</summary>
    public long Promotions { get; init; }

    /// <summary>Candidates rejected so far.</summary>
    public long Rejections { get; init; }

    /// <summary>Why the last one was.</summary>
    public RejectionReason LastRejection { get; init; }

    /// <summary>Factor on the learning rate: lower after several rejections in a row.</summary>
    public double LearningRateFactor { get; init; } = 1;

    /// <summary>Whether training has stopped after too many rejections, until many new records have come or <see cref="Profile.ResumeAdaptation"/>.</summary>
    public bool IsStopped { get; init; }

    /// <summary>
    /// Why adaptation has failed and waits for <see cref="Profile.ResumeAdaptation"/>, why other devices' files cannot be looked at,
    /// or why what is stored cannot be served; null when nothing is wrong.
    /// </summary>
    public Exception? Error { get; init; }
}
