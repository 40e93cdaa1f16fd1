using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Normalisation over the last axes of one record.</summary>
internal static class Normalization
{
    public static void Register(OperatorTable table)
    {
        table.Add("LayerNormalization", since: 17, LayerNormalization, ObjectionToStash);
        table.Add("LpNormalization", since: 1, LpNormalization, ObjectionToPower);
    }

    internal static Operation LayerNormalization(NodeContext node)
    {
        long[] shape = node.Shape(0), axes = NormalizedAxes(node);
        float epsilon = node.Node.GetFloat("epsilon", 1e-5f);
        node.RequireFloats(0);
        RequireFactor(node, "Scale", 1);
        bool hasBias = node.Has(2);
        if (hasBias)
            RequireFactor(node, "B", 2);
        long[] normalized = [.. axes.Select(axis => shape[axis])];
        bool isPlain = node.Node.Outputs.Skip(1).All(name => name.Length == 0) && node.Shape(1).SequenceEqual(normalized) && (!hasBias || node.Shape(2).SequenceEqual(normalized));
        if (isPlain)
            return inputs => [nn.functional.layer_norm(inputs[0]!, normalized, inputs[1]!, hasBias ? inputs[2] : null, epsilon)];
        ScalarType stash = StashType(node);
        return inputs => Standardize(inputs[0]!, inputs[1]!, hasBias ? inputs[2] : null, axes, epsilon, stash);
    }

    /// <summary>The same in single operations, for the outputs Mean and InvStdDev and for factors that are broadcast.</summary>
    private static Tensor[] Standardize(Tensor x, Tensor scale, Tensor? bias, long[] axes, float epsilon, ScalarType stash)
    {
        using Tensor wide = HalfPrecision.Widen(x), mean = wide.mean(axes, keepdim: true), centered = wide.sub(mean), squares = centered.pow(Number.Of(2));
        using Tensor variance = squares.mean(axes, keepdim: true), safe = variance.add(Number.Of(epsilon), Number.One), inverse = safe.rsqrt();
        using Tensor standard = centered.mul(inverse), narrow = standard.to(x.dtype), scaled = narrow.mul(scale);
        return [bias is null ? scaled.alias() : scaled.add(bias, Number.One), mean.to(stash), inverse.to(stash)];
    }

    private static Operation LpNormalization(NodeContext node)
    {
        node.RequireFloats(0);
        int axis = node.Axis(node.Node.GetInt("axis", -1), node.Rank(0));
        long power = node.Node.GetInt("p", 2);
        return Unary(x =>
        {
            using Tensor norm = linalg.vector_norm(x, power, [axis], keepdim: true), empty = norm.eq(Number.Of(0)), safe = norm.masked_fill(empty, Number.One);
            return x.div(safe);
        });
    }

    private static long[] NormalizedAxes(NodeContext node)
    {
        int rank = node.Rank(0), first = node.Axis(node.Node.GetInt("axis", -1), rank);
        return [.. Enumerable.Range(first, rank - first).Select(axis => (long)axis)];
    }

    /// <summary>A factor or summand may have fewer elements than x; it must not make the result larger than x.</summary>
    private static void RequireFactor(NodeContext node, string name, int index)
    {
        node.Require(node.RequireBroadcast(0, index).SequenceEqual(node.Shape(0)), $"{name} cannot be broadcast to the shape of X");
        node.RequireSameType(0, index);
    }

    private static ScalarType StashType(NodeContext node) => ElementTypes.FromOnnx((int)node.Node.GetInt("stash_type", OnnxDataType.Float))!.Value;

    internal static string? ObjectionToStash(OnnxNode node) =>
        node.GetInt("stash_type", OnnxDataType.Float) is OnnxDataType.Float or OnnxDataType.Float16 or OnnxDataType.BFloat16 or OnnxDataType.Double
            ? null
            : "stash_type is no floating-point type";

    private static string? ObjectionToPower(OnnxNode node) => node.GetInt("p", 2) is 1 or 2 ? null : "only p = 1 and p = 2 are supported";
}
