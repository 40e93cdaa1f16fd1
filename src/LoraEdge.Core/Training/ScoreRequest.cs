namespace LoraEdge;

/// <summary>
/// One order to an <see cref="IAdapterTrainer"/>: the loss of records under several adapters, as training would compute it.
/// Before anything has trained on them, that is the evidence which adapter is the best.
/// </summary>
public sealed record ScoreRequest
{
    /// <summary>Path of the frozen ONNX model.</summary>
    public required string ModelPath { get; init; }

    /// <summary>The loss.</summary>
    public required Objective Objective { get; init; }

    /// <summary>The records; may be empty.</summary>
    public required IReadOnlyList<Interaction> Records { get; init; }

    /// <summary>The adapters; null stands for the frozen model. Those of one projection, rank, scale and choice of layers share one copy of the weights.</summary>
    public required IReadOnlyList<Adapter?> Adapters { get; init; }

    /// <summary>The calibrated projection shipped beside the model. Default: null, there is none.</summary>
    public CalibratedProjection? Calibrated { get; init; }

    /// <summary>
    /// Where and how the model is run: device, weight type, threads, memory and <see cref="TrainingOptions.SliceSize"/>, whose
    /// default is 128 records here. The other members have no meaning.
    /// </summary>
    public TrainingOptions Options { get; init; } = new();

    /// <summary>What running the model may take.</summary>
    public RunLimits Limits { get; init; } = new();
}
