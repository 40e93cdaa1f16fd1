using LoraEdge.Inference;
using LoraEdge.Onnx;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>Adapters that nobody trained, each with another B, on the projection that they share.</summary>
internal sealed class MadeUpAdapters
{
    private const float Share = 0.1f;

    private readonly OnnxModel _model;
    private readonly IReadOnlyList<AdaptableLayer> _layers;
    private readonly Projection _projection;

    /// <param name="model">The model; its layers are those that training adapts by default.</param>
    public MadeUpAdapters(OnnxModel model)
    {
        _model = model;
        _layers = LayerSelection.Choose(AdaptableLayers.Find(model.Graph), [], []).Layers;
        _projection = ProjectionFactors.Make(Source, model.Fingerprint, [.. _layers.Select(layer => layer.AsWeight())], rank: 1).Projection;
    }

    /// <summary>Where A comes from.</summary>
    public static IProjectionSource Source { get; } = new SeededProjection(0);

    /// <summary>What they have in common.</summary>
    public AdapterForm Form => new(Source, Rank: 1, _layers);

    /// <summary>An adapter that changes every layer by about a tenth.</summary>
    /// <param name="player">Whose it is; the same number gives the same adapter.</param>
    public Adapter Of(int player)
    {
        var random = new Random(player);
        return new Adapter
        {
            Model = _model.Fingerprint,
            Projection = _projection,
            Rank = 1,
            Scale = 1,
            Training = new TrainingSummary(),
            Targets = [.. _layers.Select(layer => new AdapterTarget { InitializerIndex = layer.InitializerIndex, OutFeatures = layer.OutFeatures, B = B(random, layer) })],
        };
    }

    private static float[] B(Random random, AdaptableLayer layer)
    {
        float size = Share * (float)(layer.Norm / Math.Sqrt(layer.OutFeatures));
        var b = new float[layer.OutFeatures];
        for (int i = 0; i < b.Length; i++)
            b[i] = size * ((2 * random.NextSingle()) - 1);
        return b;
    }
}
