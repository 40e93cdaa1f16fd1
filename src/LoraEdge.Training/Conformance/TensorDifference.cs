using static TorchSharp.torch;

namespace LoraEdge.Training.Conformance;

/// <summary>Compares a result with the expected one as ONNX's own backend tests do.</summary>
internal static class TensorDifference
{
    private const double RelativeTolerance = 1e-3, AbsoluteTolerance = 1e-7;

    /// <summary>The first difference in words; null when type, shape and numbers agree.</summary>
    public static string? Describe(Tensor actual, Tensor expected)
    {
        if (actual.dtype != expected.dtype)
            return $"the type is {actual.dtype}, expected {expected.dtype}";
        if (!actual.shape.SequenceEqual(expected.shape))
            return $"the shape is [{string.Join(",", actual.shape)}], expected [{string.Join(",", expected.shape)}]";
        double[] found = Numbers(actual), wanted = Numbers(expected);
        for (int i = 0; i < wanted.Length; i++)
        {
            if (!Agree(found[i], wanted[i]))
                return FormattableString.Invariant($"element {i} is {found[i]}, expected {wanted[i]}");
        }

        return null;
    }

    private static bool Agree(double found, double wanted) =>
        found.Equals(wanted) || Math.Abs(found - wanted) <= AbsoluteTolerance + RelativeTolerance * Math.Abs(wanted);

    private static double[] Numbers(Tensor tensor)
    {
        using Tensor wide = tensor.to(ScalarType.Float64), packed = wide.contiguous();
        return packed.numel() == 0 ? [] : packed.data<double>().ToArray();
    }
}
