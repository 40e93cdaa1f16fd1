namespace LoraEdge.Adaptation;

/// <summary>What new records call for.</summary>
internal enum Verdict
{
    /// <summary>Nothing: go on.</summary>
    GoOn,

    /// <summary>The candidate takes the place of what is in use.</summary>
    Promote,

    /// <summary>The candidate was dropped.</summary>
    Reject,

    /// <summary>The adapter in use goes.</summary>
    RollBack,
}
