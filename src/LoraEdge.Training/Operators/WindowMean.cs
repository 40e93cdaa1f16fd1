using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>The mean over all positions of every window, padding counted as zeros.</summary>
internal static class WindowMean
{
    /// <param name="x">Shape <c>(N, C, spatial...)</c>.</param>
    /// <param name="window">The windows.</param>
    /// <returns>Shape <c>(N, C, counts...)</c>.</returns>
    public static Tensor Of(Tensor x, SlidingWindow window)
    {
        using Tensor wide = HalfPrecision.Widen(x), mean = OfWide(wide, window);
        return mean.to(x.dtype);
    }

    private static Tensor OfWide(Tensor x, SlidingWindow window)
    {
        bool isDense = window.Dilations.All(dilation => dilation == 1);
        if (isDense && window.PoolsUnpadded)
            return Pool(x, window, window.Begins);
        using Tensor padded = Borders.Add(x, window.Begins, window.Reach);
        return isDense ? Pool(padded, window, new long[window.Begins.Length]) : Convolve(padded, window);
    }

    private static Tensor Pool(Tensor x, SlidingWindow window, long[] padding) => window.Kernel.Length switch
    {
        1 => nn.functional.avg_pool1d(x, window.Kernel[0], window.Strides[0], padding[0]),
        2 => nn.functional.avg_pool2d(x, window.Kernel, window.Strides, padding),
        _ => nn.functional.avg_pool3d(x, window.Kernel, window.Strides, padding),
    };

    /// <summary>libtorch's pooling knows no dilation; a convolution of each channel with equal weights does.</summary>
    private static Tensor Convolve(Tensor x, SlidingWindow window)
    {
        long[] shape = x.shape;
        using Tensor channels = x.reshape([shape[0] * shape[1], 1, .. shape.Skip(2)]);
        using Tensor weight = full([1, 1, .. window.Kernel], Number.Of(1.0 / window.Volume), x.dtype, x.device);
        SlidingWindow unpadded = window with { Begins = new long[window.Kernel.Length], Ends = new long[window.Kernel.Length] };
        using Tensor mean = new Convolution(unpadded, Groups: 1, HasBias: false).Run([channels, weight])[0];
        return mean.reshape([shape[0], shape[1], .. window.Counts]);
    }
}
