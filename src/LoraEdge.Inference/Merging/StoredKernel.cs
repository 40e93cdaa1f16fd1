using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>A convolution's kernel that is stored with its axes in another order than the Conv takes them.</summary>
internal sealed class StoredKernel
{
    private readonly int[] _sizes;
    private readonly int[] _strides;
    private readonly int _columns;

    /// <summary>Looks at the order of a layer's axes.</summary>
    public StoredKernel(AdaptableLayer layer)
    {
        _columns = layer.InFeatures;
        _sizes = new int[layer.Axes.Count];
        _strides = new int[layer.Axes.Count];
        int stride = 1;
        for (int axis = layer.Axes.Count - 1; axis >= 0; axis--)
        {
            _sizes[layer.Axes[axis]] = (int)layer.Dims[axis];
            _strides[layer.Axes[axis]] = stride;
            stride *= (int)layer.Dims[axis];
        }
    }

    /// <summary>Row and column, in the matrix <c>(out, in)</c>, of an element of the stored tensor.</summary>
    public (int Row, int Column) PlaceOf(int stored)
    {
        int place = 0;
        for (int axis = _sizes.Length - 1; axis >= 0; axis--)
        {
            place += stored % _sizes[axis] * _strides[axis];
            stored /= _sizes[axis];
        }

        return (place / _columns, place % _columns);
    }
}
