using LoraEdge;
using Rival.Policy;

namespace Rival.Adaptation;

/// <summary>A player's model after training, ready to predict, and what it took.</summary>
/// <param name="owner">What serves the model; disposed with this.</param>
public sealed class AdaptedPlayer(IDisposable owner) : IDisposable
{
    /// <summary>Predicts with what was learned.</summary>
    public required PolicyInference Infer { get; init; }

    /// <summary>
    /// Bytes that were learned: those of the adapter file; for full fine-tuning those of the changed weights at two bytes a
    /// number, which it would take to store them.
    /// </summary>
    public required long Bytes { get; init; }

    /// <summary>Of these, the bytes of the trained numbers alone: of B (and of A, where it is trained too).</summary>
    public required long PayloadBytes { get; init; }

    /// <summary>From the order to train until the result serves.</summary>
    public required TimeSpan TrainingTime { get; init; }

    /// <summary>What the training reports of itself.</summary>
    public required TrainingSummary Training { get; init; }

    /// <summary>The adapter's file; null when none is kept.</summary>
    public string? FilePath { get; init; }

    /// <inheritdoc />
    public void Dispose() => owner.Dispose();
}
