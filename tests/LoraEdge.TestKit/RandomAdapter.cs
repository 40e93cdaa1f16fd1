using LoraEdge.Onnx;

namespace LoraEdge.TestKit;

/// <summary>Adapters that nobody trained, for tests of what is done with adapters.</summary>
public static class RandomAdapter
{
    /// <summary>An adapter of every adaptable layer with random B.</summary>
    /// <param name="model">The model.</param>
    /// <param name="share">Frobenius norm of each layer's change, relative to that of its weight. Default: a tenth.</param>
    /// <param name="rank">Rank r.</param>
    /// <param name="scale">The factor s.</param>
    /// <param name="seed">Seed of B.</param>
    /// <param name="projection">Where A comes from; null for seed 0.</param>
    /// <param name="layers">The layers, in ascending order of their initializer index; null for every one.</param>
    public static Adapter For(
        OnnxModel model, double share = 0.1, int rank = 1, float scale = 1f, int seed = 11, IProjectionSource? projection = null, IReadOnlyList<AdaptableLayer>? layers = null)
    {
        layers ??= AdaptableLayers.Find(model.Graph).Layers;
        AdaptableWeight[] weights = [.. layers.Select(layer => layer.AsWeight())];
        ProjectionFactors factors = ProjectionFactors.Make(projection ?? new SeededProjection(0), model.Fingerprint, weights, rank);
        return new Adapter
        {
            Model = model.Fingerprint,
            Projection = factors.Projection,
            Rank = rank,
            Scale = scale,
            Targets = [.. layers.Select((layer, i) => Target(layer, factors.Matrices[i], share, rank, scale, seed + i))],
            Training = new TrainingSummary(),
        };
    }

    /// <summary>The same adapter carrying its A, as plain LoRA stores it.</summary>
    public static Adapter WithExplicitA(OnnxModel model, Adapter adapter)
    {
        AdaptableWeight[] weights = [.. AdaptableLayers.Find(model.Graph).Layers.Select(layer => layer.AsWeight())];
        ProjectionFactors factors = ProjectionFactors.For(adapter, model.Fingerprint, weights);
        return new Adapter
        {
            Model = adapter.Model,
            Projection = new Projection { Kind = ProjectionKind.Explicit },
            Rank = adapter.Rank,
            Scale = adapter.Scale,
            Targets = [.. adapter.Targets.Select((target, i) => new AdapterTarget { InitializerIndex = target.InitializerIndex, OutFeatures = target.OutFeatures, B = target.B, A = factors.Matrices[i] })],
            Training = adapter.Training,
        };
    }

    private static AdapterTarget Target(AdaptableLayer layer, float[] a, double share, int rank, float scale, int seed)
    {
        float[] b = Numbers.Normal(layer.OutFeatures * rank, seed);
        double norm = Math.Abs(scale) * DeltaNorm(a, b, rank);
        double wanted = share * layer.Norm;
        return new AdapterTarget
        {
            InitializerIndex = layer.InitializerIndex,
            OutFeatures = layer.OutFeatures,
            B = [.. b.Select(value => (float)(value * wanted / norm))],
        };
    }

    // ||B A||^2 = trace((B^T B)(A A^T)).
    private static double DeltaNorm(float[] a, float[] b, int rank)
    {
        int width = a.Length / rank;
        double sum = 0;
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < rank; j++)
            {
                double gramA = Enumerable.Range(0, width).Sum(k => (double)a[(i * width) + k] * a[(j * width) + k]);
                double gramB = Enumerable.Range(0, b.Length / rank).Sum(k => (double)b[(k * rank) + i] * b[(k * rank) + j]);
                sum += gramA * gramB;
            }
        }

        return Math.Sqrt(sum);
    }
}
