using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>What the adapters of one model have in common, when they come from one host: the ways of serving that share memory between players are made for it.</summary>
/// <param name="Projection">Where A comes from.</param>
/// <param name="Rank">Rank r.</param>
/// <param name="Layers">The layers that they may change.</param>
public sealed record AdapterForm(IProjectionSource Projection, int Rank, IReadOnlyList<AdaptableLayer> Layers)
{
    /// <summary>Whether an adapter is of this form. Whether it is for the model at all is checked by those who apply it.</summary>
    internal bool Fits(Adapter adapter) =>
        adapter.Rank == Rank && adapter.Projection.Kind == Projection.Kind && adapter.Projection.Seed == Projection.Seed
        && adapter.Targets.All(target => Layers.Any(layer => layer.InitializerIndex == target.InitializerIndex));

    /// <summary>An adapter of this form that nobody has trained: it changes every layer by a share of its norm, in a direction of its own.</summary>
    /// <param name="model">Fingerprint of the model.</param>
    /// <param name="number">Another number is another direction.</param>
    /// <param name="share">How much, of the norm of the weight.</param>
    internal Adapter MadeUp(ModelFingerprint model, int number, double share)
    {
        AdaptableLayer[] layers = [.. Layers.OrderBy(layer => layer.InitializerIndex)];
        return new Adapter
        {
            Model = model,
            Projection = ProjectionFactors.Make(Projection, model, [.. layers.Select(layer => layer.AsWeight())], Rank).Projection,
            Rank = Rank,
            Scale = 1,
            Targets = [.. layers.Select(layer => new AdapterTarget { InitializerIndex = layer.InitializerIndex, OutFeatures = layer.OutFeatures, B = MadeUp(layer, Rank, number, share) })],
            Training = new TrainingSummary(),
        };
    }

    /// <summary>B of such an adapter.</summary>
    internal static float[] MadeUp(AdaptableLayer layer, int rank, int number, double share)
    {
        int count = layer.OutFeatures * rank;
        float size = (float)(share * layer.Norm / Math.Sqrt(count));
        return [.. Enumerable.Range(0, count).Select(i => (((i * number) + (i / 3)) & 2) == 0 ? size : -size)];
    }
}
