namespace LoraEdge.Onnx;

/// <summary>The outcome of looking for layers to adapt.</summary>
/// <param name="Layers">What can be adapted, ordered by <see cref="AdaptableLayer.InitializerIndex"/>.</param>
/// <param name="Skipped">What looks like a layer's weight and cannot be adapted, ordered by name.</param>
public sealed record LayerScan(IReadOnlyList<AdaptableLayer> Layers, IReadOnlyList<SkippedLayer> Skipped);
