using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Resizing that picks an element for every place, of any type.</summary>
internal sealed class NearestResize(ResizeAxis[] axes, ResizeMode mode)
{
    private readonly (int Axis, long[] Picked)[] _picked =
        [.. axes.Select(axis => (axis.Axis, Enumerable.Range(0, (int)axis.Result).Select(index => mode.Nearest(mode.PlaceOf(index, axis), axis)).ToArray()))];

    private readonly ResizeOutside _outside = new(axes, mode);

    /// <summary>The operation.</summary>
    public Tensor Run(Tensor x)
    {
        Tensor current = x.alias();
        foreach ((int axis, long[] picked) in _picked)
        {
            using Tensor previous = current, indices = tensor(picked, device: x.device);
            current = previous.index_select(axis, indices);
        }

        return _outside.Fill(current);
    }
}
