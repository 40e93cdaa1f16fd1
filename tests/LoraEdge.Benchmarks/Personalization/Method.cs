using Rival.Adaptation;

namespace LoraEdge.Benchmarks.Personalization;

/// <summary>One row of the table: what is trained, and the learning rates to choose from.</summary>
/// <param name="Name">The row's name.</param>
/// <param name="Kind">What is trained.</param>
/// <param name="Rank">Rank; without meaning for full fine-tuning.</param>
/// <param name="IsCalibrated">Whether A is, or starts at, the projection shipped beside the model, or else the random one of seed 0.</param>
/// <param name="LearningRate">The candidate that a run with --full chose.</param>
/// <param name="Candidates">The rates that tuning chooses from.</param>
internal sealed record Method(string Name, AdaptationKind Kind, int Rank, bool IsCalibrated, double LearningRate, double[] Candidates)
{
    /// <summary>All rows. The first is what LoraEdge does by default.</summary>
    public static IReadOnlyList<Method> All { get; } =
    [
        new("LoRA-FA rank 1", AdaptationKind.LoraFa, 1, true, 1e-3, [5e-4, 1e-3, 2e-3]),
        new("LoRA-FA rank 1, random A", AdaptationKind.LoraFa, 1, false, 1e-3, [3e-4, 1e-3, 3e-3]),
        new("LoRA-FA rank 8, random A", AdaptationKind.LoraFa, 8, false, 3e-4, [1e-4, 3e-4, 1e-3]),
        new("LoRA rank 1, calibrated A", AdaptationKind.Lora, 1, true, 5e-4, [2e-4, 5e-4, 1e-3]),
        new("LoRA rank 8, random A", AdaptationKind.Lora, 8, false, 3e-4, [1e-4, 3e-4, 1e-3]),
        new("full fine-tuning", AdaptationKind.Full, 0, false, 6e-5, [2e-5, 6e-5, 2e-4]),
    ];

    /// <summary>The options of a run.</summary>
    public AdaptOptions Options(double learningRate) => new()
    {
        Kind = Kind,
        Training = new TrainingOptions { Rank = Math.Max(1, Rank), LearningRate = learningRate },
        Projection = IsCalibrated ? null : new SeededProjection(0),
    };
}
