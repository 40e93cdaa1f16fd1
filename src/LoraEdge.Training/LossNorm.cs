using static TorchSharp.torch;

namespace LoraEdge.Training;

/// <summary>What a sum of losses is divided by before it is differentiated.</summary>
internal static class LossNorm
{
    /// <summary>A scalar, above 0 also where nothing carries weight.</summary>
    /// <param name="weight">The weight of the whole batch.</param>
    /// <param name="gradientScale">Factor on all gradients.</param>
    /// <param name="device">Where the losses are.</param>
    public static Tensor Of(double weight, double gradientScale, Device device) => tensor((float)(Math.Max(weight, 1e-12) / gradientScale), device: device);
}
