namespace LoraEdge.Onnx;

/// <summary>The change of a layer as two thin matrices.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="A">Shape <c>(r, in)</c>, row-major.</param>
/// <param name="B">Shape <c>(out, r)</c>, row-major.</param>
/// <param name="Scale">The factor s.</param>
public sealed record LayerBranch(AdaptableLayer Layer, float[] A, float[] B, float Scale)
{
    /// <summary>Rank r.</summary>
    public int Rank => B.Length / Layer.OutFeatures;
}
