using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>What merging a layer's change into a weight of 16 bits loses.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Changed">Number of elements whose change <c>s*B*A</c>, in fp32, is not 0.</param>
/// <param name="Lost">Those of them whose stored value stays the same, the change being less than half a step of the format there.</param>
/// <param name="IsBeside">Whether the change is therefore served as nodes beside the layer, and none of it lost.</param>
public sealed record RoundingLoss(AdaptableLayer Layer, long Changed, long Lost, bool IsBeside)
{
    /// <summary>Lost elements among the changed ones, 0 to 1; 0 where nothing is changed.</summary>
    public double Share => Changed == 0 ? 0 : (double)Lost / Changed;

    /// <summary>Whether a layer is merged in a format that loses anything worth counting: float16 and bfloat16.</summary>
    internal static bool Concerns(AdaptableLayer layer) => layer.MergedType is OnnxDataType.Float16 or OnnxDataType.BFloat16;

    /// <summary>Counts.</summary>
    /// <param name="branch">The layer's change.</param>
    /// <param name="weight">The frozen weight.</param>
    /// <param name="most">The share from which on the change is served beside the layer, where it can be.</param>
    internal static RoundingLoss Of(LayerBranch branch, Initializer weight, double most)
    {
        LayerDelta delta = LayerDelta.Of(branch);
        float[] frozen = weight.ToFloats().AsSpan(delta.Start, delta.Count).ToArray(), change = new float[delta.Count], merged = new float[delta.Count];
        delta.Merge(change, change, 0);
        delta.Merge(frozen, merged, 0);
        long changed = 0, lost = 0;
        for (int i = 0; i < merged.Length; i++)
        {
            if (change[i] == 0)
                continue;
            changed++;
            if (OnnxDataType.Round(merged[i], branch.Layer.MergedType) == frozen[i])
                lost++;
        }

        var loss = new RoundingLoss(branch.Layer, changed, lost, IsBeside: false);
        return loss with { IsBeside = loss.Share > most && branch.Layer.IsBranchable };
    }
}
