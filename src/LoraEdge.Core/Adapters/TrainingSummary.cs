namespace LoraEdge;

/// <summary>What an adapter was trained on, and how it did on records that training did not see.</summary>
public sealed record TrainingSummary
{
    /// <summary>Records that gradients were computed from, in the session that made this version.</summary>
    public long Records { get; init; }

    /// <summary>Optimizer steps of that session up to the version that was kept.</summary>
    public long Steps { get; init; }

    /// <summary>Records held out to decide when to stop.</summary>
    public long HeldOutRecords { get; init; }

    /// <summary>Mean loss of the frozen model on the held-out records, in the objective's unit (nats for cross-entropy).</summary>
    public float BaseLoss { get; init; }

    /// <summary>Mean loss with the adapter on the same records.</summary>
    public float AdaptedLoss { get; init; }
}
