namespace LoraEdge.Training.Tests;

/// <summary>What an adapter changes, element by element in double precision.</summary>
internal static class ChangeNorms
{
    /// <summary>The Frobenius norm of each change, relative to that of its weight.</summary>
    public static double[] Of(OnnxModel model, Adapter adapter) => [.. Factors(model, adapter).Select(factors =>
    {
        double sum = 0;
        factors.ForEachChange((_, _, change) => sum += change * change);
        return Math.Sqrt(sum / model.Graph.Initializers[factors.Layer.WeightName].ToFloats().Sum(value => (double)value * value));
    })];

    /// <summary>A and B of every layer that an adapter changes.</summary>
    public static IEnumerable<LayerFactors> Factors(OnnxModel model, Adapter adapter)
    {
        IReadOnlyList<AdaptableLayer> layers = AdaptableLayers.Find(model.Graph).Layers;
        ProjectionFactors projection = ProjectionFactors.For(adapter, model.Fingerprint, [.. layers.Select(layer => layer.AsWeight())]);
        for (int i = 0; i < adapter.Targets.Count; i++)
        {
            AdaptableLayer layer = layers.First(candidate => candidate.InitializerIndex == adapter.Targets[i].InitializerIndex);
            yield return new LayerFactors(layer, projection.Matrices[i], adapter.Targets[i].B, adapter.Scale);
        }
    }
}
