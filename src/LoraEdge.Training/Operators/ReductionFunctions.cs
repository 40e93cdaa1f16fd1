using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Reduces distinct axes of a tensor, at least one; keeps them with size 1 or drops them.</summary>
internal delegate Tensor Reduction(Tensor x, long[] axes, bool keep);

/// <summary>What the reductions compute. The result has the input's element type.</summary>
internal static class ReductionFunctions
{
    public static Tensor Sum(Tensor x, long[] axes, bool keep) => x.sum(axes, keep, x.dtype);

    public static Tensor Mean(Tensor x, long[] axes, bool keep)
    {
        if (is_floating_point(x.dtype))
            return x.mean(axes, keep);
        using Tensor sum = Sum(x, axes, keep);
        using Tensor count = tensor(axes.Aggregate(1L, (product, axis) => product * x.shape[axis]), device: x.device), mean = sum.div(count, RoundingMode.trunc);
        return mean.to(x.dtype);
    }

    public static Tensor Max(Tensor x, long[] axes, bool keep) =>
        IsEmpty(x, axes) ? full(ResultOf(x, axes, keep), Extremes.Lowest(x.dtype), x.dtype, x.device) : x.amax(axes, keep);

    public static Tensor Min(Tensor x, long[] axes, bool keep) =>
        IsEmpty(x, axes) ? full(ResultOf(x, axes, keep), Extremes.Highest(x.dtype), x.dtype, x.device) : x.amin(axes, keep);

    public static Tensor Product(Tensor x, long[] axes, bool keep) =>
        InWideFloats(x, wide => OneByOne(wide, axes, (part, axis) => part.prod(axis, keep, part.dtype)), integersToo: false);

    public static Tensor L1(Tensor x, long[] axes, bool keep)
    {
        using Tensor magnitudes = x.abs();
        return Sum(magnitudes, axes, keep);
    }

    /// <summary>libtorch's norm has the gradient 0 at 0, where a square root of a sum has none.</summary>
    public static Tensor L2(Tensor x, long[] axes, bool keep) =>
        InWideFloats(x, wide => linalg.vector_norm(wide, 2, axes, keep));

    public static Tensor LogSum(Tensor x, long[] axes, bool keep) =>
        InWideFloats(x, wide =>
        {
            using Tensor sum = Sum(wide, axes, keep);
            return sum.log();
        });

    public static Tensor LogSumExp(Tensor x, long[] axes, bool keep) =>
        InWideFloats(x, wide => OneByOne(wide, axes, (part, axis) => part.logsumexp(axis, keep)));

    public static Tensor SumSquare(Tensor x, long[] axes, bool keep) =>
        InWideFloats(x, wide =>
        {
            using Tensor squares = wide.mul(wide);
            return Sum(squares, axes, keep);
        }, integersToo: false);

    /// <summary>Sums of half-precision numbers leave their range long before a result of that type does.</summary>
    private static Tensor InWideFloats(Tensor x, Func<Tensor, Tensor> function, bool integersToo = true)
    {
        ScalarType wide = x.dtype switch
        {
            ScalarType.Float16 or ScalarType.BFloat16 => ScalarType.Float32,
            ScalarType.Float32 or ScalarType.Float64 => x.dtype,
            _ => integersToo ? ScalarType.Float64 : x.dtype,
        };
        if (wide == x.dtype)
            return function(x);
        using Tensor converted = x.to(wide), result = function(converted);
        return result.to(x.dtype);
    }

    /// <summary>From the last axis to the first, so that dropping one does not move the others.</summary>
    private static Tensor OneByOne(Tensor x, long[] axes, Func<Tensor, long, Tensor> function)
    {
        Tensor current = x.alias();
        foreach (long axis in axes.OrderByDescending(axis => axis))
        {
            using Tensor previous = current;
            current = function(previous, axis);
        }

        return current;
    }

    private static bool IsEmpty(Tensor x, long[] axes) => axes.Any(axis => x.shape[axis] == 0);

    private static long[] ResultOf(Tensor x, long[] axes, bool keep) => keep
        ? [.. x.shape.Select((size, axis) => axes.Contains(axis) ? 1 : size)]
        : [.. x.shape.Where((_, axis) => !axes.Contains(axis))];
}
