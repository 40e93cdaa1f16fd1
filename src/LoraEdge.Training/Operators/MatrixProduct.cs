using LoraEdge.Training.Execution;
using LoraEdge.Training.Products;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// The product of matrices, or of stacks of them that are broadcast together, by NumPy's rules. Not torch.matmul: TorchSharp
/// calls that one without a guard, and where libtorch refuses, for example because the GPU's memory ran out, the process ends.
/// </summary>
internal static class MatrixProduct
{
    /// <summary>Checks that two tensors can be multiplied, and that neither the result nor what is copied on the way is too large.</summary>
    /// <param name="node">The node, for messages.</param>
    /// <param name="left">Shape of the left factor; a vector is a row.</param>
    /// <param name="right">Shape of the right factor; a vector is a column.</param>
    /// <returns>Shape of the result.</returns>
    public static long[] RequireShape(NodeContext node, long[] left, long[] right)
    {
        node.Require(left.Length > 0 && right.Length > 0, "scalars are not multiplied");
        long inner = right.Length == 1 ? right[0] : right[^2];
        node.Require(left[^1] == inner, $"the inner sizes {left[^1]} and {inner} differ");
        for (int back = 3; back <= Math.Min(left.Length, right.Length); back++)
            node.Require(left[^back] == right[^back] || left[^back] == 1 || right[^back] == 1, "the batch axes cannot be broadcast together");
        long[] batch = Batch(left, right);
        foreach (long[] factor in new[] { left, right }.Where(factor => right.Length > 2 && IsCopied(factor, batch)))
            node.RequireSize([.. batch, .. factor.Skip(factor.Length - 2)]);
        return node.RequireSize([.. batch, .. left.Length > 1 ? [left[^2]] : Array.Empty<long>(), .. right.Length > 1 ? [right[^1]] : Array.Empty<long>()]);
    }

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

    /// <summary>Whether a factor is broadcast along some batch axes and not along others: then its matrices no longer lie at equal distances.</summary>
    private static bool IsCopied(long[] factor, long[] batch)
    {
        long[] own = [.. factor.Take(Math.Max(0, factor.Length - 2))];
        return own.Any(size => size != 1) && !own.SequenceEqual(batch);
    }

    private static long[] Batch(long[] a, long[] b)
    {
        var batch = new long[Math.Max(0, Math.Max(a.Length, b.Length) - 2)];
        for (int back = 3; back <= batch.Length + 2; back++)
        {
            long x = back <= a.Length ? a[^back] : 1, y = back <= b.Length ? b[^back] : 1;
            batch[^(back - 2)] = x == 1 ? y : x;
        }

        return batch;
    }

    private static long Count(long[] sizes) => sizes.Aggregate(1L, (product, size) => product * size);
}
