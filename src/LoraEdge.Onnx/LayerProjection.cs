namespace LoraEdge.Onnx;

/// <summary>A layer that is served with many players' B.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="A">The frozen A that all of them share, shape <c>(r, in)</c>, row-major.</param>
public sealed record LayerProjection(AdaptableLayer Layer, float[] A);
