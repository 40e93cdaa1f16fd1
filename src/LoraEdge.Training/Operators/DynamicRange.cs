using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Quantization to uint8 with scale and zero point from the numbers at hand (DynamicQuantizeLinear). They are constants to
/// backward, so that the whole passes gradients on as if it were not there.
/// </summary>
internal static class DynamicRange
{
    /// <summary>Quantizes.</summary>
    /// <param name="x">The numbers, float32.</param>
    /// <param name="carried">Whether the integers are returned as float32, so that gradients pass.</param>
    /// <returns>The integers, the scale and the zero point, the last two float32 scalars.</returns>
    public static (Tensor Quantized, Tensor Scale, Tensor Zero) Quantize(Tensor x, bool carried)
    {
        (Tensor scale, Tensor zero) = Measure(x);
        using Tensor ratio = x.div(scale);
        return (IntegerGrid.Of(ScalarType.Byte)!.Value.Round(ratio, zero, carried, throughBounds: true), scale, zero);
    }

    private static (Tensor Scale, Tensor Zero) Measure(Tensor x)
    {
        if (x.numel() == 0)
            return (ones(Array.Empty<long>(), ScalarType.Float32, x.device), zeros(Array.Empty<long>(), ScalarType.Float32, x.device));
        using Tensor values = x.detach();
        (Tensor lowest, Tensor highest) = values.aminmax();
        using Tensor lowestFound = lowest, highestFound = highest, low = lowest.clamp_max(Number.Of(0)), high = highest.clamp_min(Number.Of(0));
        using Tensor range = high.sub(low), isPoint = range.eq(Number.Of(0)), step = range.div(Number.Of(255f)), one = ones_like(step);
        Tensor scale = where(isPoint, one, step);
        using Tensor below = low.div(scale), above = below.neg(), bounded = above.clamp(Number.Of(0), Number.Of(255));
        return (scale, bounded.round());
    }
}
