using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// Computes <c>W' = W + s*B*A</c> (LoRA-FA, arXiv:2308.03303) for every target of an adapter, in the layout in which the
/// model stores the weight. Always from the pristine W, in fp32. Immutable and safe to share between threads.
/// </summary>
public sealed class WeightMerger
{
    private readonly OnnxModel _model;
    private readonly CalibratedProjection? _calibrated;
    private readonly Dictionary<int, AdaptableLayer> _layers;
    private readonly AdaptableWeight[] _weights;

    /// <summary>Looks up what can be adapted in a model.</summary>
    /// <param name="model">The frozen model.</param>
    /// <param name="calibrated">The calibrated projection shipped beside the model, or null when there is none.</param>
    public WeightMerger(OnnxModel model, CalibratedProjection? calibrated = null)
    {
        _model = model;
        _calibrated = calibrated;
        IReadOnlyList<AdaptableLayer> layers = AdaptableLayers.Find(model.Graph).Layers;
        _layers = layers.ToDictionary(layer => layer.InitializerIndex);
        _weights = [.. layers.Select(layer => layer.AsWeight())];
    }

    /// <summary>The model with an adapter in it: merged into the weights, and beside the layers whose weights are integers.</summary>
    /// <param name="adapter">The adapter; its fingerprint is compared before anything else.</param>
    /// <exception cref="AdapterMismatchException">
    /// The adapter is for another model, projection or shape, or makes a weight that is not finite.
    /// </exception>
    /// <exception cref="ModelFormatException">The frozen weight itself is not finite.</exception>
    public OnnxModel Apply(Adapter adapter)
    {
        LayerBranch[] branches = Branches(adapter);
        var asFloat32 = new HashSet<string>(branches.Select(branch => branch.Layer).Where(layer => layer.MergedType == OnnxDataType.Float).Select(layer => layer.WeightName), StringComparer.Ordinal);
        LayerBranch[] beside = [.. branches.Where(branch => branch.Layer.IsQuantized)];
        foreach (LayerBranch branch in beside)
            MergedRange.Check(branch, _model.Name);
        return _model.WithInitializers(Merge(branches), asFloat32).WithBranches(beside);
    }

    /// <summary>Merges an adapter.</summary>
    /// <param name="adapter">The adapter; its fingerprint is compared before anything else.</param>
    /// <returns>
    /// The changed weights by name, each row-major in the shape that the model stores: <c>(in, out)</c> for a MatMul,
    /// <c>(out, in)</c> for a Gemm with <c>transB</c>. Every value is finite in the type it will be stored in. Weights stored as
    /// integers are not among them.
    /// </returns>
    /// <exception cref="AdapterMismatchException">
    /// The adapter is for another model, projection or shape, or makes a weight that is not finite.
    /// </exception>
    /// <exception cref="ModelFormatException">The frozen weight itself is not finite.</exception>
    public IReadOnlyDictionary<string, float[]> Merge(Adapter adapter) => Merge(Branches(adapter));

    /// <summary>Memory of a layer's weight as the model stores it, in bytes; 0 for a layer that there is not.</summary>
    internal long BytesOf(int initializerIndex) => _layers.TryGetValue(initializerIndex, out AdaptableLayer? layer) ? _model.Graph.ConstantOf(layer.WeightName)!.Data.Length : 0;

    private LayerBranch[] Branches(Adapter adapter)
    {
        ProjectionFactors factors = ProjectionFactors.For(adapter, _model.Fingerprint, _weights, _calibrated);
        return [.. adapter.Targets.Select((target, i) => new LayerBranch(_layers[target.InitializerIndex], factors.Matrices[i], target.B, adapter.Scale))];
    }

    // Both directions of a recurrent weight go into one tensor, hence the grouping.
    private Dictionary<string, float[]> Merge(LayerBranch[] branches)
    {
        var merged = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (IGrouping<string, LayerBranch> group in branches.Where(branch => !branch.Layer.IsQuantized).GroupBy(branch => branch.Layer.WeightName, StringComparer.Ordinal))
        {
            Initializer weight = _model.Graph.ConstantOf(group.Key)!;
            float[] sum = weight.ToFloats();
            foreach (LayerBranch branch in group)
                LayerDelta.AddTo(sum, branch.Layer, branch.A, branch.B, branch.Scale, branch.Rank);
            MergedRange.Check(sum, weight, group.First().Layer.MergedType, _model.Name);
            merged.Add(group.Key, sum);
        }

        return merged;
    }
}
