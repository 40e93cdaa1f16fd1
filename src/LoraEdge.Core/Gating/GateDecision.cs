namespace LoraEdge;

/// <summary>What is to be done with the candidate after a record.</summary>
public enum GateDecision
{
    /// <summary>Nothing is shown yet: keep what is in use, go on.</summary>
    Gather,

    /// <summary>The candidate is better than the base and than the adapter in use. Store and serve it, then say so with <see cref="PromotionGate.Promoted"/>.</summary>
    Promote,

    /// <summary>Drop the candidate; <see cref="PromotionGate.LastRejection"/> says why. Evidence has started again.</summary>
    Reject,

    /// <summary>Nothing is judged: too many rejections in a row, see <see cref="PromotionGate.IsStopped"/>.</summary>
    Stopped,
}
