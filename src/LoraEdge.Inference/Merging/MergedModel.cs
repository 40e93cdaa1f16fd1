using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>A model with an adapter in it.</summary>
/// <param name="Model">The model.</param>
/// <param name="Losses">What rounding does to each of the adapter's layers that are stored in 16 bits.</param>
/// <param name="Beside">
/// The layers whose change is served as nodes beside them instead of in the weight: those stored as integers, and those in 16
/// bits of which merging would have lost too much.
/// </param>
public sealed record MergedModel(OnnxModel Model, IReadOnlyList<RoundingLoss> Losses, IReadOnlyList<AdaptableLayer> Beside)
{
    /// <summary>Changed elements that rounding loses in all layers together, those beside not counted.</summary>
    public long Lost => Losses.Where(loss => !loss.IsBeside).Sum(loss => loss.Lost);
}
