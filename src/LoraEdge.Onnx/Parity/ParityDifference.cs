using System.Globalization;
using System.Runtime.InteropServices;

namespace LoraEdge.Onnx.Parity;

/// <summary>How far a value is from the expected one.</summary>
/// <param name="Relative">
/// The largest difference of an element, relative to the largest finite magnitude of the expected value (1 where that is 0);
/// <see cref="double.MaxValue"/> when type or shape differ, or where only one of the two is a finite number.
/// </param>
/// <param name="Detail">What differs, in words; null when the two agree.</param>
public readonly record struct ParityDifference(double Relative, string? Detail)
{
    /// <summary>Compares two tensors: floats within a tolerance, everything else exactly. NaN equals NaN.</summary>
    /// <param name="actual">What was computed.</param>
    /// <param name="expected">What it is compared with.</param>
    /// <param name="tolerance">The largest <see cref="Relative"/> at which floats agree.</param>
    public static ParityDifference Between(HostTensor actual, HostTensor expected, double tolerance)
    {
        if (actual.ElementType != expected.ElementType)
            return new(double.MaxValue, $"the type is {actual.ElementType}, expected {expected.ElementType}");
        if (!actual.Shape.SequenceEqual(expected.Shape))
            return new(double.MaxValue, $"the shape is [{string.Join(",", actual.Shape)}], expected [{string.Join(",", expected.Shape)}]");
        if (actual.Bytes.AsSpan().SequenceEqual(expected.Bytes))
            return default;
        double limit = expected.ElementType is TensorElementType.Float32 or TensorElementType.Float16 ? tolerance : 0;
        return Between(Numbers(actual), Numbers(expected), limit);
    }

    private static ParityDifference Between(double[] actual, double[] expected, double limit)
    {
        double scale = ScaleOf(expected), worst = 0;
        int at = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double apart = actual[i].Equals(expected[i]) ? 0 : Math.Abs(actual[i] - expected[i]) / scale;
            if (double.IsNaN(apart) || double.IsInfinity(apart))
                apart = double.MaxValue;
            if (apart > worst)
                (worst, at) = (apart, i);
        }

        return new(worst, worst <= limit ? null : string.Format(CultureInfo.InvariantCulture, "element {0} of {1} is {2:G9}, expected {3:G9}, at a scale of {4:G3}", at, expected.Length, actual[at], expected[at], scale));
    }

    private static double ScaleOf(double[] values)
    {
        double scale = 0;
        foreach (double value in values)
        {
            if (!double.IsNaN(value) && !double.IsInfinity(value))
                scale = Math.Max(scale, Math.Abs(value));
        }

        return scale > 0 ? scale : 1;
    }

    private static double[] Numbers(HostTensor tensor) => tensor.ElementType switch
    {
        TensorElementType.Float32 => Convert(tensor.AsSpan<float>(), static value => value),
        TensorElementType.Float16 => Convert(MemoryMarshal.Cast<byte, ushort>(tensor.Bytes), static value => HalfPrecision.FromFloat16(value)),
        TensorElementType.Int64 => Convert(tensor.AsSpan<long>(), static value => value),
        TensorElementType.Int32 => Convert(tensor.AsSpan<int>(), static value => value),
        TensorElementType.Int8 => Convert(tensor.AsSpan<sbyte>(), static value => value),
        _ => Convert(tensor.Bytes, static value => value),
    };

    private static double[] Convert<T>(ReadOnlySpan<T> values, Func<T, double> convert)
    {
        var numbers = new double[values.Length];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = convert(values[i]);
        return numbers;
    }
}
