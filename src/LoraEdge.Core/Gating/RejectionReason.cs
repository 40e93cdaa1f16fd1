namespace LoraEdge;

/// <summary>Why a candidate was dropped.</summary>
public enum RejectionReason
{
    /// <summary>None was.</summary>
    None,

    /// <summary>It is worse than the base.</summary>
    WorseThanBase,

    /// <summary>It is worse than the adapter in use.</summary>
    WorseThanUsed,

    /// <summary>It was not shown to be better within <see cref="GateOptions.Patience"/> records.</summary>
    NoEvidence,

    /// <summary>Its loss was not a finite number on a record that the base can score.</summary>
    NotFinite,

    /// <summary>The host or the trainer dropped it.</summary>
    Dropped,
}
