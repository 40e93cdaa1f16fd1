using LoraEdge.Onnx;
using LoraEdge.Training.Operators;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// <c>Softmax(scale * Q K^T + mask) V</c>, written out by exporters node by node, as one operation that never holds the
/// scores of all pairs of positions (Dao et al. 2022, arXiv:2205.14135).
/// </summary>
internal static class AttentionFusion
{
    /// <summary>The fused node in the place of the last product; null when it is not one with attention weights.</summary>
    public static FusedNode? Match(PatternGraph graph, OnnxNode product)
    {
        if (!graph.Is(product, "MatMul") || graph.OnlyProducerOf(product.Inputs[0], "Softmax", inputs: 1) is not { } softmax)
            return null;
        long axis = softmax.GetInt("axis", graph.Opset >= 13 ? -1 : 1);
        if (axis is not (-1 or 3))
            return null;
        var replaced = new List<OnnxNode> { softmax };
        (string scores, string? mask) = Unmask(graph, softmax.Inputs[0], replaced);
        (scores, float scale) = Unscale(graph, scores, replaced);
        if (graph.OnlyProducerOf(scores, "MatMul") is not { } dots || graph.InitializerOf(dots.Inputs[1]) is not null || graph.InitializerOf(product.Inputs[1]) is not null)
            return null;
        replaced.Add(dots);
        string[] inputs = [dots.Inputs[0], dots.Inputs[1], product.Inputs[1], .. mask is null ? Array.Empty<string>() : [mask]];
        return new FusedNode(new PlannedNode(product, inputs, product.Outputs, node => Attention(node, scale, axis)), replaced);
    }

    private static (string Scores, string? Mask) Unmask(PatternGraph graph, string scores, List<OnnxNode> replaced)
    {
        if (graph.OnlyProducerOf(scores, "Add") is not { } add)
            return (scores, null);
        int side = IsScores(graph, add.Inputs[0]) ? 0 : 1;
        replaced.Add(add);
        return (add.Inputs[side], add.Inputs[1 - side]);
    }

    private static bool IsScores(PatternGraph graph, string value) =>
        graph.OnlyProducerOf(value, "Mul") is not null || graph.OnlyProducerOf(value, "Div") is not null || graph.OnlyProducerOf(value, "MatMul") is not null;

    private static (string Scores, float Scale) Unscale(PatternGraph graph, string scores, List<OnnxNode> replaced)
    {
        if (graph.OnlyProducerOf(scores, "Mul") is { } mul && (graph.NumberOf(mul.Inputs[1]) ?? graph.NumberOf(mul.Inputs[0])) is { } factor)
        {
            replaced.Add(mul);
            return (mul.Inputs[graph.NumberOf(mul.Inputs[1]) is null ? 1 : 0], factor);
        }

        if (graph.OnlyProducerOf(scores, "Div") is { } div && graph.NumberOf(div.Inputs[1]) is { } divisor)
        {
            replaced.Add(div);
            return (div.Inputs[0], 1 / divisor);
        }

        return (scores, 1);
    }

    /// <summary>
    /// Inputs: Q <c>(..., T, D)</c>, K transposed <c>(..., D, S)</c>, V <c>(..., S, E)</c>, and the mask if there is one. Whatever
    /// the nodes take is taken here too: vectors, batch axes that differ, a mask that widens the scores.
    /// </summary>
    private static Operation Attention(NodeContext node, float scale, long axis)
    {
        long[] q = node.Shape(0), k = node.Shape(1), v = node.Shape(2);
        node.RequireFloats(0);
        node.RequireSameType(0, 1);
        node.RequireSameType(0, 2);
        long[] products = MatrixProduct.RequireShape(node, q, k), scores = products;
        if (node.Has(3))
        {
            node.RequireSameType(0, 3);
            scores = node.RequireBroadcastOf([products, node.Shape(3)]);
        }
        MatrixProduct.RequireShape(node, scores, v);
        bool isOfRows = node.Axis(axis, scores.Length) == scores.Length - 1, hasPlainMask = !node.Has(3) || (node.Rank(3) > 1 && !node.IsTrained(3));
        bool isOne = isOfRows && hasPlainMask && HaveOneBatch(q, k, v) && scores.SequenceEqual(products) && scores.All(size => size > 0);
        if (isOne)
            return inputs => [Fused(inputs, scale * (float)Math.Sqrt(q[^1]))];
        Func<Tensor, Tensor> softmax = SoftmaxFamily.Softmax(node, scores, axis);
        return inputs => [WrittenOut(inputs, scale, softmax)];
    }

    private static bool HaveOneBatch(long[] q, long[] k, long[] v) =>
        q.Length == 4 && k.Length == 4 && v.Length == 4 && q.Take(2).SequenceEqual(k.Take(2)) && q.Take(2).SequenceEqual(v.Take(2));

    /// <summary>libtorch divides by the square root of D itself.</summary>
    private static Tensor Fused(Tensor?[] inputs, float factor)
    {
        using Tensor keys = inputs[1]!.transpose(-2, -1), queries = Math.Abs(factor - 1) < 1e-6 ? inputs[0]!.alias() : inputs[0]!.mul(Number.Of(factor));
        return nn.functional.scaled_dot_product_attention(queries, keys, inputs[2]!, inputs.Length > 3 ? inputs[3] : null);
    }

    private static Tensor WrittenOut(Tensor?[] inputs, float scale, Func<Tensor, Tensor> softmax)
    {
        using Tensor dots = MatrixProduct.Of(inputs[0]!, inputs[1]!), scaled = dots.mul(Number.Of(scale));
        using Tensor scores = inputs.Length > 3 ? scaled.add(inputs[3]!, Number.One) : scaled.alias();
        using Tensor weights = softmax(scores);
        return MatrixProduct.Of(weights, inputs[2]!);
    }
}
