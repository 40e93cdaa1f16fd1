#if NET
using LoraEdge.Training.Execution;
#endif
using static TorchSharp.torch;

namespace LoraEdge.Training.Products;

/// <summary>
/// The product with a matrix that no gradient is wanted for, where libtorch's own is not the fastest. The gradient of the other
/// factor is the product with the transposed matrix, so that autograd keeps neither that factor nor the result.
/// </summary>
internal static class FrozenProduct
{
#if NET
    /// <summary>With fewer rows too much of the time goes into copying the matrix into panels.</summary>
    private const long FewestRows = 16;

    /// <summary>With fewer columns, or numbers summed up, too much of a tile stays empty: on the way back they change places.</summary>
    private const long FewestColumns = 16;

    /// <summary>With more, libtorch's products are faster; these here run on one.</summary>
    private const int MostThreads = 2;
#endif

    /// <summary>The product, with storage of its own; null where libtorch's own is the better choice.</summary>
    /// <param name="x">The other factor, <c>(rows, in)</c>.</param>
    /// <param name="weight">The matrix, <c>(in, out)</c>, dense or the transposed of a dense one.</param>
    public static Tensor? Of(Tensor x, Tensor weight)
    {
#if NET
        if (WideProduct.IsFaster && Suits(x, weight) && get_num_threads() <= MostThreads)
            return x.requires_grad && is_grad_enabled() ? Differentiable(x, weight) : Multiply(x, weight);
#endif
        return null;
    }

#if NET
    /// <summary>The product, with the gradient of x, which requires one.</summary>
    public static Tensor Differentiable(Tensor x, Tensor weight)
    {
        Tensor kept = weight.alias();
        return AutogradNode.Attach(Multiply(x, weight), [x], [kept], gradient =>
        {
            using Tensor transposed = kept.t();
            return [Multiply(gradient, transposed)];
        });
    }

    /// <summary>The product without autograd.</summary>
    public static unsafe Tensor Multiply(Tensor x, Tensor weight)
    {
        bool isTransposed = !weight.is_contiguous();
        using Tensor left = x.contiguous(), right = isTransposed ? weight.t() : weight.alias();
        long[] shape = weight.shape;
        Tensor product = empty(x.shape[0], shape[1]);
        fixed (byte* a = left.bytes, b = right.bytes, c = product.bytes)
            WideProduct.Multiply((float*)a, (float*)b, (float*)c, (int)x.shape[0], (int)shape[0], (int)shape[1], isTransposed);
        return product;
    }

    private static bool Suits(Tensor x, Tensor weight)
    {
        if (weight.requires_grad || x.dtype != ScalarType.Float32 || weight.dtype != ScalarType.Float32 || x.device_type != TorchSharp.DeviceType.CPU)
            return false;
        (long rows, long[] shape) = (x.shape[0], weight.shape);
        long most = NodeContext.MaxElements;
        return rows >= FewestRows && shape.All(size => size >= FewestColumns && size * rows <= most) && weight.numel() <= most && IsDense(weight);
    }

    private static bool IsDense(Tensor weight)
    {
        if (weight.is_contiguous())
            return true;
        using Tensor transposed = weight.t();
        return transposed.is_contiguous();
    }
#endif
}
