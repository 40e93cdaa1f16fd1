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
        _weights = [.. layers.Select(layer => new AdaptableWeight(layer.InitializerIndex, layer.WeightName, layer.InFeatures, layer.OutFeatures))];
    }

    /// <summary>Merges an adapter.</summary>
    /// <param name="adapter">The adapter; its fingerprint is compared before anything else.</param>
    /// <returns>
    /// The changed weights by initializer name, each row-major in the shape that the model stores: <c>(in, out)</c> for a
    /// MatMul, <c>(out, in)</c> for a Gemm with <c>transB</c>. Every value is finite in the weight's element type.
    /// </returns>
    /// <exception cref="AdapterMismatchException">
    /// The adapter is for another model, projection or shape, or makes a weight that is not finite.
    /// </exception>
    /// <exception cref="ModelFormatException">The frozen weight itself is not finite.</exception>
    public IReadOnlyDictionary<string, float[]> Merge(Adapter adapter)
    {
        ProjectionFactors factors = ProjectionFactors.For(adapter, _model.Fingerprint, _weights, _calibrated);
        var merged = new Dictionary<string, float[]>(StringComparer.Ordinal);
        for (int i = 0; i < adapter.Targets.Count; i++)
        {
            AdaptableLayer layer = _layers[adapter.Targets[i].InitializerIndex];
            Initializer weight = _model.Graph.Initializers[layer.WeightName];
            float[] sum = weight.ToFloats();
            AddDelta(sum, layer, adapter.Targets[i].B, factors.Matrices[i], adapter);
            MergedRange.Check(sum, weight, _model.Name);
            merged.Add(layer.WeightName, sum);
        }

        return merged;
    }

    // Stored (out, in): B * A. Stored (in, out): its transpose, A^T * B^T. A Gemm's alpha multiplies the merged weight as it
    // did the frozen one, so it does not enter here.
    private static void AddDelta(float[] weight, AdaptableLayer layer, float[] b, float[] a, Adapter adapter)
    {
        if (layer.IsTransposed)
            OuterProduct.Add(weight, b, a, adapter.Scale, adapter.Rank);
        else
            OuterProduct.Add(weight, Transposed(a, adapter.Rank), Transposed(b, layer.OutFeatures), adapter.Scale, adapter.Rank);
    }

    private static float[] Transposed(float[] matrix, int rows)
    {
        int columns = matrix.Length / rows;
        if (rows == 1 || columns == 1)
            return matrix;
        float[] transposed = new float[matrix.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                transposed[(column * rows) + row] = matrix[(row * columns) + column];
        }

        return transposed;
    }
}
