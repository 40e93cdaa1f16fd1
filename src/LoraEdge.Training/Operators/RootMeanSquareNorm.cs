using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Normalisation by the root mean square (arXiv:1910.07467): RMSNormalization of ONNX, and the same under the name that ONNX
/// Runtime gave it in ONNX's domain long before.
/// </summary>
internal static class RootMeanSquareNorm
{
    public static void Register(OperatorTable table)
    {
        table.Add("RMSNormalization", since: 23, Build, Objection);
        table.Add("SimplifiedLayerNormalization", since: 1, Build, Objection);
    }

    /// <summary>Normalises over the last axes, in float32 at least.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="axes">The axes that are normalised together.</param>
    /// <param name="scale">Factors that can be broadcast to x.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public static Tensor Normalize(Tensor x, long[] axes, Tensor scale, double epsilon)
    {
        using Tensor wide = x.to(x.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        using Tensor squares = wide.pow(Number.Of(2)), mean = squares.mean(axes, keepdim: true);
        using Tensor padded = mean.add(Number.Of(epsilon), Number.One), inverse = padded.rsqrt();
        using Tensor normalized = wide.mul(inverse), narrow = normalized.to(x.dtype);
        return narrow.mul(scale);
    }

    private static Operation Build(NodeContext node)
    {
        long[] shape = node.Shape(0);
        int axis = node.Axis(node.Node.GetInt("axis", -1), shape.Length);
        float epsilon = node.Node.GetFloat("epsilon", 1e-5f);
        long[] axes = [.. Enumerable.Range(axis, shape.Length - axis).Select(index => (long)index)];
        node.RequireFloats(0);
        node.RequireSameType(0, 1);
        node.RequireBroadcastTo(1, shape);
        return inputs => [Normalize(inputs[0]!, axes, inputs[1]!, epsilon)];
    }

    private static string? Objection(OnnxNode node)
    {
        if (node.Outputs.Count(name => name.Length > 0) > 1)
            return "the optional output of inverse deviations is not supported";
        return node.GetInt("stash_type", OnnxDataType.Float) == OnnxDataType.Float ? null : "only stash_type 1 (float32) is supported";
    }
}
