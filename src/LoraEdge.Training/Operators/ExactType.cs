using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Integer products are computed as products of floats, for which libtorch has fast code and a gradient. float32 is exact as
/// long as no sum can reach 2^24, which the weights decide; float64 always is.
/// </summary>
internal static class ExactType
{
    /// <summary>Largest magnitude of 8 bits less a zero point of 8 bits.</summary>
    private const double Largest = 255;

    private const double Float32Limit = 1 << 24;

    /// <summary>The type in which a product is exact.</summary>
    /// <param name="node">The node.</param>
    /// <param name="weight">The factor that may be constant.</param>
    /// <param name="axes">The axes of the weight that are summed over.</param>
    /// <param name="bias">Index of an integer bias; -1 for none.</param>
    public static ScalarType Of(NodeContext node, IntegerFactor weight, long[] axes, int bias = -1)
    {
        double largest = Largest * SumOfMagnitudes(node, weight, axes) + LargestOf(node, bias);
        return largest < Float32Limit ? ScalarType.Float32 : ScalarType.Float64;
    }

    private static double SumOfMagnitudes(NodeContext node, IntegerFactor weight, long[] axes)
    {
        long[] shape = node.Shape(weight.Data);
        bool known = node.Constant(weight.Data) is not null && (weight.Zero < 0 || node.Constant(weight.Zero) is not null);
        if (!known || shape.Contains(0))
            return Largest * axes.Aggregate(1L, (product, axis) => product * shape[axis]);
        Tensor?[] inputs = [.. Enumerable.Range(0, node.InputCount).Select(index => node.Has(index) ? node.Constant(index) : null)];
        using Tensor numbers = weight.Centred(inputs, ScalarType.Float64), magnitudes = numbers.abs(), sums = magnitudes.sum(axes), largest = sums.max();
        return largest.item<double>();
    }

    private static double LargestOf(NodeContext node, int bias)
    {
        if (bias < 0 || !node.Has(bias))
            return 0;
        if (node.Constant(bias) is not { } known || known.numel() == 0)
            return int.MaxValue;
        using Tensor wide = known.to(ScalarType.Float64), magnitudes = wide.abs(), largest = magnitudes.max();
        return largest.item<double>();
    }
}
