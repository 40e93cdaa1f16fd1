using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Where tf_crop_and_resize looks outside the input, the result is a fixed value.</summary>
internal sealed class ResizeOutside(ResizeAxis[] axes, ResizeMode mode)
{
    private readonly (int Axis, bool[] Outside)[] _masks =
    [
        .. axes.Select(axis => (axis.Axis, Enumerable.Range(0, (int)axis.Result).Select(index => mode.IsOutside(mode.PlaceOf(index, axis), axis)).ToArray()))
            .Where(mask => mask.Item2.Contains(true)),
    ];

    /// <summary>The result with that value filled in; takes the handle over.</summary>
    public Tensor Fill(Tensor resized)
    {
        foreach ((int axis, bool[] outside) in _masks)
        {
            using Tensor previous = resized, flat = tensor(outside, device: resized.device);
            using Tensor mask = flat.reshape([-1, .. Enumerable.Repeat(1L, (int)previous.dim() - 1 - axis)]);
            resized = previous.masked_fill(mask, Number.Of(mode.Outside));
        }

        return resized;
    }
}
