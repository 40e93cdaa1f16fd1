using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>MeanVarianceNormalization: over batch and positions by default, without weights of its own.</summary>
internal static class MeanVariance
{
    /// <summary>ONNX adds it to the standard deviation, not to the variance.</summary>
    private const double Epsilon = 1e-9;

    public static void Register(OperatorTable table) => table.Add("MeanVarianceNormalization", since: 9, Normalize);

    private static Operation Normalize(NodeContext node)
    {
        node.RequireFloats(0);
        long[] axes = [.. (node.Node.GetInts("axes") ?? [0, 2, 3]).Select(axis => (long)node.Axis(axis, node.Rank(0)))];
        node.Require(axes.Length > 0 && axes.Distinct().Count() == axes.Length, "the axes must be different ones, at least one");
        double count = axes.Aggregate(1.0, (product, axis) => product * node.Shape(0)[axis]);
        return Unary(x =>
        {
            using Tensor mean = x.mean(axes, keepdim: true), centered = x.sub(mean);
            // The norm's gradient is 0 where all elements are equal; a square root of the variance has none there.
            using Tensor norm = linalg.vector_norm(centered, 2, axes, keepdim: true);
            using Tensor deviation = norm.div(Number.Of(Math.Sqrt(count))), divisor = deviation.add(Number.Of(Epsilon), Number.One);
            return centered.div(divisor);
        });
    }
}
