using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;

namespace LoraEdge.Training.Tests;

/// <summary>Low-rank branches on all layers of a model.</summary>
internal static class Branches
{
    /// <summary>Branches with B = 0.</summary>
    public static LowRankWeights On(OnnxModel model, int rank = 1, float scale = 1, bool trainA = false, TorchSharp.torch.Device? device = null)
    {
        NativeLibtorch.EnsureLoaded();
        IReadOnlyList<AdaptableLayer> layers = AdaptableLayers.Find(model.Graph).Layers;
        AdaptableWeight[] weights = [.. layers.Select(layer => layer.AsWeight())];
        ProjectionFactors factors = ProjectionFactors.Make(new SeededProjection(7), model.Fingerprint, weights, rank);
        return new LowRankWeights(layers, factors.Matrices, rank, scale, trainA, device);
    }

    /// <summary>Fills all parameters with random numbers.</summary>
    public static T Randomised<T>(this T weights, int seed, double deviation = 0.3)
        where T : TrainableWeights
    {
        weights.Restore([.. weights.Parameters.Select((parameter, index) => Numbers.Normal((int)parameter.numel(), seed + index, deviation))]);
        return weights;
    }
}
