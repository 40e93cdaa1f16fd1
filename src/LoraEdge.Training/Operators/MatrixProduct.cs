using LoraEdge.Training.Products;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// The product of matrices, or of stacks of them that are broadcast together, by NumPy's rules. Not torch.matmul: TorchSharp
/// calls that one without a guard, and where libtorch refuses, for example because the GPU's memory ran out, the process ends.
/// </summary>
internal static class MatrixProduct
{
    /// <summary>The product; sizes are checked.</summary>
    public static Tensor Of(Tensor left, Tensor right)
    {
        if (left.dim() == 1)
        {
            using Tensor row = left.unsqueeze(0), product = Of(row, right);
            return product.squeeze(right.dim() == 1 ? 0 : -2);
        }

        if (right.dim() == 1)
        {
            using Tensor column = right.unsqueeze(1), product = Of(left, column);
            return product.squeeze(-1);
        }

        return left.dim() == 2 && right.dim() == 2 ? OfMatrices(left, right) : Stacks(left, right);
    }

    private static Tensor OfMatrices(Tensor left, Tensor right) => FrozenProduct.Of(left, right) ?? left.mm(right);

    private static Tensor Stacks(Tensor left, Tensor right)
    {
        long[] a = left.shape, b = right.shape;
        long[] batch = Batch(a, b);
        if (b.Length == 2)
            return OneMatrix(left, right);
        long count = Count(batch);
        using Tensor wideLeft = left.expand([.. batch, a[^2], a[^1]]), wideRight = right.expand([.. batch, b[^2], b[^1]]);
        using Tensor stackLeft = wideLeft.reshape(count, a[^2], a[^1]), stackRight = wideRight.reshape(count, b[^2], b[^1]), product = stackLeft.bmm(stackRight);
        return product.reshape([.. batch, a[^2], b[^1]]);
    }

    /// <summary>All rows of the stack at once.</summary>
    private static Tensor OneMatrix(Tensor left, Tensor right)
    {
        long[] shape = left.shape;
        long[] leading = [.. shape.Take(shape.Length - 1)];
        using Tensor rows = left.reshape(Count(leading), shape[^1]), product = OfMatrices(rows, right);
        return product.reshape([.. leading, right.shape[1]]);
    }

    private static long[] Batch(long[] a, long[] b)
    {
        var batch = new long[Math.Max(a.Length, b.Length) - 2];
        for (int back = 3; back <= batch.Length + 2; back++)
        {
            long x = back <= a.Length ? a[^back] : 1, y = back <= b.Length ? b[^back] : 1;
            batch[^(back - 2)] = x == 1 ? y : x;
        }

        return batch;
    }

    private static long Count(long[] sizes) => sizes.Aggregate(1L, (product, size) => product * size);
}
