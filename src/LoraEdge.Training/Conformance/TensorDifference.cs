using static TorchSharp.torch;

namespace LoraEdge.Training.Conformance;

/// <summary>Compares a result with the expected one as ONNX's own backend tests do.</summary>
internal static class TensorDifference
{
    private const double RelativeTolerance = 1e-3, AbsoluteTolerance = 1e-7;

    /// <summary>One unit in the last place: the suite rounds to bfloat16 in some cases and cuts off in others.</summary>
    private const double BFloat16Tolerance = 1.0 / 128;

    /// <summary>The first difference in words; null when type, shape and numbers agree.</summary>
    public static string? Describe(Tensor actual, Tensor expected)
    {
        if (DescribeForm(actual, expected) is { } difference)
            return difference;
        double[] found = Numbers(actual), wanted = Numbers(expected);
        double relative = expected.dtype == ScalarType.BFloat16 ? BFloat16Tolerance : RelativeTolerance;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (!Agree(found[i], wanted[i], relative))
                return FormattableString.Invariant($"element {i} is {found[i]}, expected {wanted[i]}");
        }

        return null;
    }

    /// <summary>The difference in type or shape in words; null when they agree.</summary>
    public static string? DescribeForm(Tensor actual, Tensor expected)
    {
        if (actual.dtype != expected.dtype)
            return $"the type is {actual.dtype}, expected {expected.dtype}";
        return actual.shape.SequenceEqual(expected.shape)
            ? null
            : $"the shape is [{string.Join(",", actual.shape)}], expected [{string.Join(",", expected.shape)}]";
    }

    private static bool Agree(double found, double wanted, double relative) =>
        found.Equals(wanted) || Math.Abs(found - wanted) <= AbsoluteTolerance + relative * Math.Abs(wanted);

    private static double[] Numbers(Tensor tensor)
    {
        using Tensor wide = tensor.to(ScalarType.Float64), packed = wide.contiguous();
        return packed.numel() == 0 ? [] : packed.data<double>().ToArray();
    }
}
