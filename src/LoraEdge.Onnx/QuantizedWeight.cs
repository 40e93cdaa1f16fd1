namespace LoraEdge.Onnx;

/// <summary>
/// A weight stored as integers q of 4 or 8 bits, standing for <c>(q - zero point) * scale</c>: one scale for the tensor, one for each index
/// of an axis, or one for each block along an axis, as DequantizeLinear has them.
/// </summary>
internal sealed class QuantizedWeight : IIntegerWeight
{
    private readonly Initializer _tensor;
    private readonly float[] _scales;
    private readonly int[] _zeroPoints;
    private readonly long[] _divisors;
    private readonly long[] _strides;

    private QuantizedWeight(Initializer tensor, Initializer scale, Initializer? zeroPoint, long[] divisors, long[] strides)
    {
        (_tensor, _divisors, _strides) = (tensor, divisors, strides);
        _scales = scale.ToFloats();
        _zeroPoints = zeroPoint is null ? new int[_scales.Length] : Integers(zeroPoint);
    }

    /// <summary>The weight that a DequantizeLinear or a MatMulInteger reads; null when its scale and zero point are not constants that fit.</summary>
    /// <param name="tensor">The stored integers.</param>
    /// <param name="axes">Axis i of what the node reads is axis <c>axes[i]</c> of the stored tensor.</param>
    /// <param name="axis">The axis, of what the node reads, along which scales differ.</param>
    /// <param name="scale">The scale; null when it is not constant.</param>
    /// <param name="zeroPoint">The zero point; null for none.</param>
    /// <param name="block">Length of a block along the axis; 0 when there are no blocks.</param>
    public static QuantizedWeight? Of(Initializer tensor, int[] axes, long axis, Initializer? scale, Initializer? zeroPoint, long block = 0)
    {
        if (scale is null || !OnnxDataType.IsAdaptable(scale.DataType) || (zeroPoint is not null && (zeroPoint.DataType != tensor.DataType || zeroPoint.Count != scale.Count)))
            return null;
        long[] divisors = [.. axes.Select(_ => 1L)], strides = new long[axes.Length];
        if (scale.Count == 1)
            return new QuantizedWeight(tensor, scale, zeroPoint, divisors, strides);
        axis = axis < 0 ? axis + axes.Length : axis;
        if (axis < 0 || axis >= axes.Length)
            return null;
        long[] read = [.. axes.Select(at => tensor.Dims[at])];
        if (block <= 0)
        {
            strides[axes[axis]] = 1;
            return scale.Dims.Length == 1 && scale.Count == read[axis] ? new QuantizedWeight(tensor, scale, zeroPoint, divisors, strides) : null;
        }

        divisors[axes[axis]] = block;
        long stride = 1;
        for (int i = axes.Length - 1; i >= 0; i--)
        {
            if (scale.Dims.Length != axes.Length || scale.Dims[i] != (i == axis ? (read[i] + block - 1) / block : read[i]))
                return null;
            strides[axes[i]] = stride;
            stride *= scale.Dims[i];
        }

        return new QuantizedWeight(tensor, scale, zeroPoint, divisors, strides);
    }

    /// <inheritdoc />
    public double Norm()
    {
        ReadOnlySpan<byte> data = _tensor.Data.Span;
        double sum = 0;
        for (long i = 0; i < _tensor.Count; i++)
        {
            long at = 0, rest = i;
            for (int axis = _strides.Length - 1; axis >= 0; axis--)
            {
                at += rest % _tensor.Dims[axis] / _divisors[axis] * _strides[axis];
                rest /= _tensor.Dims[axis];
            }

            double value = ((double)NarrowIntegers.At(data, _tensor.DataType, i) - _zeroPoints[at]) * _scales[at];
            sum += value * value;
        }

        return Math.Sqrt(sum);
    }

    private static int[] Integers(Initializer tensor)
    {
        ReadOnlySpan<byte> data = tensor.Data.Span;
        var values = new int[tensor.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = NarrowIntegers.At(data, tensor.DataType, i);
        return values;
    }
}
