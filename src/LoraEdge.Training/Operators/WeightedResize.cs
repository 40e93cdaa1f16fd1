using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Linear and cubic resizing: for each axis a weighted sum of as many pickings as the filter is wide.</summary>
internal sealed class WeightedResize
{
    private readonly (int Axis, ResizeTap[] Taps)[] _axes;
    private readonly ResizeOutside _outside;

    /// <summary>Computes the weights.</summary>
    public WeightedResize(ResizeAxis[] axes, ResizeMode mode)
    {
        // What shrinks goes first: the others then have less to do.
        _axes = [.. axes.OrderBy(axis => (double)axis.Result / axis.Size).Select(axis => (axis.Axis, ResizeTap.Of(axis, mode)))];
        _outside = new ResizeOutside(axes, mode);
    }

    /// <summary>The operation.</summary>
    public Tensor Run(Tensor x)
    {
        Tensor current = HalfPrecision.Widen(x);
        foreach ((int axis, ResizeTap[] taps) in _axes)
        {
            using Tensor previous = current;
            current = Resize(previous, axis, taps);
        }

        using Tensor filled = _outside.Fill(current);
        return filled.to(x.dtype);
    }

    private static Tensor Resize(Tensor x, int axis, ResizeTap[] taps)
    {
        long[] column = [-1, .. Enumerable.Repeat(1L, (int)x.dim() - 1 - axis)];
        Tensor? sum = null;
        foreach (ResizeTap tap in taps)
        {
            using Tensor indices = tensor(tap.Picked, device: x.device), picked = x.index_select(axis, indices);
            using Tensor flat = tensor(tap.Weights, x.dtype, x.device), weights = flat.reshape(column);
            if (sum is null)
                sum = picked.mul(weights);
            else
                sum.addcmul_(picked, weights, Number.One);
        }

        return sum!;
    }
}
