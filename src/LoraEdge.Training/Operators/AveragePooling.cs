using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>AveragePool: the sum over a window, divided by how many of its positions count.</summary>
/// <param name="Window">The windows.</param>
/// <param name="CountsPadding">Whether positions in the padding count; those beyond it, where windows are rounded up, never do.</param>
internal sealed record AveragePooling(SlidingWindow Window, bool CountsPadding)
{
    private readonly (int Axis, float[] Factors)[] _corrections =
        [.. Enumerable.Range(0, Window.Kernel.Length).Select(axis => (axis, Factors(Window, CountsPadding, axis))).Where(entry => entry.Item2.Any(factor => factor != 1))];

    /// <summary>The operation.</summary>
    public Tensor[] Run(Tensor?[] inputs)
    {
        Tensor mean = WindowMean.Of(inputs[0]!, Window);
        foreach ((int axis, float[] factors) in _corrections)
        {
            using Tensor flat = tensor(factors, mean.dtype, mean.device);
            using Tensor column = flat.reshape([-1, .. Enumerable.Repeat(1L, Window.Kernel.Length - 1 - axis)]);
            mean.mul_(column);
        }

        return [mean];
    }

    /// <summary>Kernel size over counted positions, for every window of an axis: what makes a mean over all into one over those.</summary>
    private static float[] Factors(SlidingWindow window, bool countsPadding, int axis)
    {
        long low = countsPadding ? -window.Begins[axis] : 0, high = window.Sizes[axis] + (countsPadding ? window.Ends[axis] : 0);
        return [.. Enumerable.Range(0, (int)window.Counts[axis]).Select(index => (float)window.Kernel[axis] / Math.Max(1, window.PositionsWithin(axis, index, low, high)))];
    }
}
