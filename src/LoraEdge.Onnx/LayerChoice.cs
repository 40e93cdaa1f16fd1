namespace LoraEdge.Onnx;

/// <summary>Which layers an adapter gets.</summary>
/// <param name="Layers">The chosen ones, ordered by <see cref="AdaptableLayer.InitializerIndex"/>.</param>
/// <param name="LeftOut">Those that could be adapted and are not, with the reason, in the same order.</param>
public sealed record LayerChoice(IReadOnlyList<AdaptableLayer> Layers, IReadOnlyList<SkippedLayer> LeftOut);
