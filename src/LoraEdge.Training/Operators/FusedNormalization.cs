using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Normalisation of a sum, as ONNX Runtime's optimizer writes residual connections; and LayerNormalization before ONNX had it,
/// which ONNX Runtime takes in ONNX's domain since version 1.
/// </summary>
internal static class FusedNormalization
{
    private const float DefaultEpsilon = 1e-12f;

    public static void Register(OperatorTable table)
    {
        table.Add("LayerNormalization", since: 1, Normalization.LayerNormalization, Normalization.ObjectionToStash);
        table.Add("SkipLayerNormalization", since: 1, SkipLayer, ObjectionToSkip, Domains.Microsoft);
        table.Add("SkipSimplifiedLayerNormalization", since: 1, SkipRootMeanSquare, ObjectionToSkip, Domains.Microsoft);
    }

    private static Operation SkipLayer(NodeContext node)
    {
        const int Scale = 2, Shift = 3, Bias = 4;
        long width = RequireSum(node, Scale, Shift, Bias);
        float epsilon = node.Node.GetFloat("epsilon", DefaultEpsilon);
        return inputs =>
        {
            Tensor sum = Sum(inputs, Bias);
            return Results(nn.functional.layer_norm(sum, [width], inputs[Scale]!, inputs.ElementAtOrDefault(Shift), epsilon), sum);
        };
    }

    private static Operation SkipRootMeanSquare(NodeContext node)
    {
        const int Scale = 2, Bias = 3;
        RequireSum(node, Scale, Bias);
        float epsilon = node.Node.GetFloat("epsilon", DefaultEpsilon);
        return inputs =>
        {
            Tensor sum = Sum(inputs, Bias);
            return Results(RootMeanSquareNorm.Normalize(sum, [sum.dim() - 1], inputs[Scale]!, epsilon), sum);
        };
    }

    /// <summary>The outputs between the result and the sum are for training in ONNX Runtime; nobody may ask for them.</summary>
    private static Tensor[] Results(Tensor normalized, Tensor sum) => [normalized, empty(0, device: sum.device), empty(0, device: sum.device), sum];

    private static Tensor Sum(Tensor?[] inputs, int bias)
    {
        Tensor sum = inputs[0]!.add(inputs[1]!, Number.One);
        if (inputs.ElementAtOrDefault(bias) is { } added)
            sum.add_(added, Number.One);
        return sum;
    }

    private static long RequireSum(NodeContext node, params int[] vectors)
    {
        long[] shape = node.Shape(0);
        node.RequireFloats(0);
        node.RequireSameType(0, 1);
        node.Require(shape.Length is 2 or 3, "the input must have two or three axes");
        node.RequireBroadcastTo(1, shape);
        node.Require(node.Has(vectors[0]), $"input {vectors[0]} is missing");
        foreach (int index in vectors.Where(node.Has))
            node.RequireVector(index, shape[^1], like: 0);
        return shape[^1];
    }

    private static string? ObjectionToSkip(OnnxNode node) =>
        node.Outputs.Skip(1).Take(2).Any(name => name.Length > 0) ? "the optional outputs mean and inv_std_var are not supported" : null;
}
