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
        if (softmax.GetInt("axis", graph.Opset >= 13 ? -1 : 1) is not (-1 or 3))
            return null;
        var replaced = new List<OnnxNode> { softmax };
        (string scores, string? mask) = Unmask(graph, softmax.Inputs[0], replaced);
        (scores, float scale) = Unscale(graph, scores, replaced);
        if (graph.OnlyProducerOf(scores, "MatMul") is not { } dots || graph.InitializerOf(dots.Inputs[1]) is not null || graph.InitializerOf(product.Inputs[1]) is not null)
            return null;
        replaced.Add(dots);
        string[] inputs = [dots.Inputs[0], dots.Inputs[1], product.Inputs[1], .. mask is null ? Array.Empty<string>() : [mask]];
        return new FusedNode(new PlannedNode(product, inputs, product.Outputs, node => Attention(node, scale)), replaced);
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

    /// <summary>Inputs: Q <c>(..., T, D)</c>, K transposed <c>(..., D, S)</c>, V <c>(..., S, E)</c>, and the mask if there is one.</summary>
    private static Operation Attention(NodeContext node, float scale)
    {
        long[] q = node.Shape(0), k = node.Shape(1), v = node.Shape(2);
        node.Require(q.Length >= 2 && k.Length >= 2 && v.Length >= 2 && q[^1] == k[^2] && k[^1] == v[^2], "the inner sizes of the products differ");
        node.RequireFloats(0);
        node.RequireSameType(0, 1);
        node.RequireSameType(0, 2);
        long[] scores = Leading(node, q, k, [q[^2], k[^1]]);
        Leading(node, scores, v, [q[^2], v[^1]]);
        if (node.Has(3))
            RequireMask(node, scores);
        bool isOne = q.Length == 4 && k.Length == 4 && v.Length == 4 && q.Take(2).SequenceEqual(k.Take(2)) && q.Take(2).SequenceEqual(v.Take(2)) && !node.IsTrained(3) && scores.All(size => size > 0);
        return isOne ? inputs => [Fused(inputs, scale * (float)Math.Sqrt(q[^1]))] : inputs => [WrittenOut(inputs, scale)];
    }

    private static long[] Leading(NodeContext node, long[] left, long[] right, long[] matrix)
    {
        var shape = new long[Math.Max(left.Length, right.Length)];
        for (int back = 3; back <= shape.Length; back++)
        {
            long a = back <= left.Length ? left[^back] : 1, b = back <= right.Length ? right[^back] : 1;
            node.Require(a == b || a == 1 || b == 1, "the batch axes cannot be broadcast together");
            shape[^back] = a == 1 ? b : a;
        }

        (shape[^2], shape[^1]) = (matrix[0], matrix[1]);
        return node.RequireSize(shape);
    }

    private static void RequireMask(NodeContext node, long[] scores)
    {
        long[] mask = node.Shape(3);
        node.RequireSameType(0, 3);
        bool fits = mask.Length <= scores.Length;
        for (int back = 1; fits && back <= mask.Length; back++)
            fits = mask[^back] == 1 || mask[^back] == scores[^back];
        node.Require(fits, "the mask cannot be broadcast to the scores");
    }

    /// <summary>libtorch divides by the square root of D itself.</summary>
    private static Tensor Fused(Tensor?[] inputs, float factor)
    {
        using Tensor keys = inputs[1]!.transpose(-2, -1), queries = Math.Abs(factor - 1) < 1e-6 ? inputs[0]!.alias() : inputs[0]!.mul(Number.Of(factor));
        return nn.functional.scaled_dot_product_attention(queries, keys, inputs[2]!, inputs.Length > 3 ? inputs[3] : null);
    }

    private static Tensor WrittenOut(Tensor?[] inputs, float scale)
    {
        using Tensor dots = MatrixProduct.Of(inputs[0]!, inputs[1]!), scaled = dots.mul(Number.Of(scale));
        using Tensor scores = inputs.Length > 3 ? scaled.add(inputs[3]!, Number.One) : scaled.alias();
        using Tensor weights = nn.functional.softmax(scores, -1);
        return MatrixProduct.Of(weights, inputs[2]!);
    }
}
