namespace LoraEdge;

/// <summary>One order to an <see cref="IAdapterTrainer"/>: a model, an objective, the records and how to train.</summary>
public sealed record TrainingRequest
{
    /// <summary>Path of the frozen ONNX model.</summary>
    public required string ModelPath { get; init; }

    /// <summary>What to minimise.</summary>
    public required Objective Objective { get; init; }

    /// <summary>Records to learn from; at least one.</summary>
    public required IReadOnlyList<Interaction> Records { get; init; }

    /// <summary>Records of the same player that decide when to stop and are never trained on; may be empty.</summary>
    public required IReadOnlyList<Interaction> HeldOut { get; init; }

    /// <summary>
    /// Where A comes from. Default: the frozen projection of seed 0. One per model, never per player, or the players'
    /// adapters cannot be combined.
    /// </summary>
    public IProjectionSource Projection { get; init; } = new SeededProjection(0);

    /// <summary>
    /// The adapter that training extends: B starts from it, and what is trained must beat it on the held-out records. Default:
    /// null, B starts from zero. It has the model, projection, rank, scale and layers that this request asks for.
    /// </summary>
    public Adapter? Initial { get; init; }

    /// <summary>How to train.</summary>
    public TrainingOptions Options { get; init; } = new();

    /// <summary>What a run of the model may take.</summary>
    public RunLimits Limits { get; init; } = new();
}
