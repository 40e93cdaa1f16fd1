namespace LoraEdge;

/// <summary>Something that adaptation did by itself.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="Status">How far adaptation is after it.</param>
public sealed record AdaptationNews(AdaptationEvent Kind, AdaptationStatus Status);

/// <summary>What adaptation did.</summary>
public enum AdaptationEvent
{
    /// <summary>A candidate was trained; it is judged by the next records.</summary>
    Trained,

    /// <summary>The candidate is better than base and adapter in use, and serves from now on.</summary>
    Promoted,

    /// <summary>The candidate was dropped; <see cref="AdaptationStatus.LastRejection"/> says why.</summary>
    Rejected,

    /// <summary>The adapter in use had become worse than the base: an earlier one, or the base, serves from now on.</summary>
    RolledBack,

    /// <summary>Adapters of other devices have come: they serve from now on, or are the candidate.</summary>
    Synced,

    /// <summary>Another device has forgotten the player: adapters and records are gone here too.</summary>
    Forgotten,

    /// <summary>Adaptation failed; <see cref="AdaptationStatus.Error"/> says why.</summary>
    Failed,
}
