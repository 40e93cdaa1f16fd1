using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// Computes <c>W' = W + s*B*A</c> (LoRA-FA, arXiv:2308.03303) for every target of an adapter, in the layout in which the
/// model stores the weight. Always from the pristine W, in fp32. Safe to share between threads.
/// </summary>
public sealed class WeightMerger
{
    private readonly OnnxModel _model;
    private readonly CalibratedProjection? _calibrated;
    private readonly Dictionary<int, AdaptableLayer> _layers;
    private readonly AdaptableWeight[] _weights;
    private readonly double _mostLost;

    // Of the adapter before: a player's next one has the same A, and making A takes as long as merging a small model.
    private ProjectionFactors? _factors;

    /// <summary>Looks up what can be adapted in a model.</summary>
    /// <param name="model">The frozen model.</param>
    /// <param name="calibrated">The calibrated projection shipped beside the model, or null when there is none.</param>
    /// <param name="settings">Of <see cref="SessionSettings.MostLostToRounding"/>; null for the defaults.</param>
    public WeightMerger(OnnxModel model, CalibratedProjection? calibrated = null, SessionSettings? settings = null)
    {
        _model = model;
        _calibrated = calibrated;
        _mostLost = (settings ?? new SessionSettings()).MostLostToRounding;
        IReadOnlyList<AdaptableLayer> layers = AdaptableLayers.Find(model.Graph).Layers;
        _layers = layers.ToDictionary(layer => layer.InitializerIndex);
        _weights = [.. layers.Select(layer => layer.AsWeight())];
    }

    /// <summary>
    /// The model with an adapter in it: merged into the weights, and beside the layers whose weights are integers or would lose
    /// too much of the change to the rounding to 16 bits.
    /// </summary>
    /// <param name="adapter">The adapter; its fingerprint is compared before anything else.</param>
    /// <exception cref="AdapterMismatchException">
    /// The adapter is for another model, projection or shape, or makes a weight that is not finite.
    /// </exception>
    /// <exception cref="ModelFormatException">The frozen weight itself is not finite.</exception>
    public MergedModel Apply(Adapter adapter)
    {
        LayerBranch[] branches = Branches(adapter);
        RoundingLoss[] losses = [.. branches.Where(branch => RoundingLoss.Concerns(branch.Layer)).Select(branch => RoundingLoss.Of(branch, WeightOf(branch.Layer), _mostLost))];
        var spared = new HashSet<AdaptableLayer>(losses.Where(loss => loss.IsBeside).Select(loss => loss.Layer));
        LayerBranch[] beside = [.. branches.Where(branch => branch.Layer.IsQuantized || spared.Contains(branch.Layer))];
        foreach (LayerBranch branch in beside)
            MergedRange.Check(branch, _model.Name);
        LayerBranch[] inWeights = [.. branches.Except(beside)];
        var asFloat32 = new HashSet<string>(inWeights.Select(branch => branch.Layer).Where(layer => layer.MergedType == OnnxDataType.Float).Select(layer => layer.WeightName), StringComparer.Ordinal);
        OnnxModel served = _model.WithInitializers(Merge(inWeights), asFloat32).WithBranches(beside);
        return new MergedModel(served, losses, [.. beside.Select(branch => branch.Layer)]);
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
    public IReadOnlyDictionary<string, float[]> Merge(Adapter adapter) => Merge(Branches(adapter).Where(branch => !branch.Layer.IsQuantized));

    /// <summary>
    /// Merges an adapter into memory of the caller, in one pass from the frozen weights: as <see cref="Merge(Adapter)"/>, to the
    /// same bits whatever the number of threads. When it fails, the memory holds nothing of use.
    /// </summary>
    /// <param name="adapter">The adapter; its fingerprint is compared before anything else.</param>
    /// <param name="destinations">
    /// By the name of a float32 weight, where its values go, row-major in the shape that the model stores; among them every
    /// weight that the adapter changes. Those that it does not change get their frozen values.
    /// </param>
    /// <param name="threads">How many threads merge, the calling one included. Default: 1.</param>
    /// <exception cref="AdapterMismatchException">
    /// The adapter is for another model, projection or shape, or makes a weight that is not finite.
    /// </exception>
    /// <exception cref="ArgumentException">A destination is for no float32 weight or of another length, or one is missing.</exception>
    /// <exception cref="ModelFormatException">The frozen weight itself is not finite.</exception>
    public void MergeInto(Adapter adapter, IReadOnlyDictionary<string, Memory<float>> destinations, int threads = 1)
    {
        ILookup<string, LayerBranch> changes = Branches(adapter).ToLookup(branch => branch.Layer.WeightName, StringComparer.Ordinal);
        if (changes.FirstOrDefault(change => !destinations.ContainsKey(change.Key)) is { } missing)
            throw new ArgumentException($"The adapter changes the weight '{missing.Key}' of {_model.Name}, and there is no destination for it.", nameof(destinations));
        MergePiece.MergeAll([.. destinations.Select(entry => Into(entry.Key, entry.Value, changes[entry.Key]))], threads, _model.Name);
    }

    /// <summary>Initializers that every layer which uses them adapts in float32, as they are stored.</summary>
    internal IEnumerable<Initializer> Float32Weights => _layers.Values
        .GroupBy(layer => layer.WeightName, StringComparer.Ordinal)
        .Where(weight => weight.All(layer => !layer.IsQuantized && layer.MergedType == OnnxDataType.Float))
        .Select(weight => _model.Graph.Initializers.TryGetValue(weight.Key, out Initializer? stored) ? stored : null)
        .OfType<Initializer>()
        .Where(stored => stored.DataType == OnnxDataType.Float);

    /// <summary>Names of the weights that an adapter changes, if it is for this model; null where it is not.</summary>
    internal string[]? WeightsOf(Adapter adapter) => adapter.Targets.All(target => _layers.ContainsKey(target.InitializerIndex))
        ? [.. adapter.Targets.Select(target => _layers[target.InitializerIndex].WeightName).Distinct(StringComparer.Ordinal)]
        : null;

    /// <summary>Memory of a layer's weight as the model stores it, in bytes; 0 for a layer that there is not.</summary>
    internal long BytesOf(int initializerIndex) => _layers.TryGetValue(initializerIndex, out AdaptableLayer? layer) ? WeightOf(layer).Data.Length : 0;

    private LayerBranch[] Branches(Adapter adapter)
    {
        ProjectionFactors factors = ProjectionFactors.For(adapter, _model.Fingerprint, _weights, _calibrated, Volatile.Read(ref _factors));
        Volatile.Write(ref _factors, factors);
        return [.. adapter.Targets.Select((target, i) => new LayerBranch(_layers[target.InitializerIndex], factors.Matrices[i], target.B, adapter.Scale))];
    }

    // Both directions of a recurrent weight go into one tensor, hence the grouping.
    private Dictionary<string, float[]> Merge(IEnumerable<LayerBranch> branches)
    {
        var merged = new Dictionary<string, float[]>(StringComparer.Ordinal);
        var weights = new List<MergedWeight>();
        foreach (IGrouping<string, LayerBranch> group in branches.GroupBy(branch => branch.Layer.WeightName, StringComparer.Ordinal))
        {
            AdaptableLayer layer = group.First().Layer;
            Initializer weight = WeightOf(layer);
            float[] values = new float[weight.Count];
            merged.Add(group.Key, values);
            weights.Add(new MergedWeight(weight, layer.MergedType, group, values));
        }

        MergePiece.MergeAll(weights, threads: 1, _model.Name);
        return merged;
    }

    private Initializer WeightOf(AdaptableLayer layer) => _model.Graph.ConstantOf(layer.WeightName)!;

    private MergedWeight Into(string name, Memory<float> destination, IEnumerable<LayerBranch> branches)
    {
        if (_model.Graph.ConstantOf(name) is not { DataType: OnnxDataType.Float } weight)
            throw new ArgumentException($"{_model.Name} has no float32 weight named '{name}'.");
        if (destination.Length != weight.Count)
            throw new ArgumentException($"The weight {weight} of {_model.Name} has {weight.Count} elements, but its destination has {destination.Length}.");
        return new MergedWeight(weight, OnnxDataType.Float, branches, destination);
    }
}
