using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Attention of com.microsoft: one weight (in, q + k + v) projects the input to queries, keys and values, and the result is
/// what the heads computed, merged. Keys and values of earlier positions come and go as one tensor (2, batch, heads, length, size).
/// </summary>
internal static class ProjectedAttention
{
    private const int Weight = 1, Bias = 2, Mask = 3, Past = 4, ScoreBias = 5;

    public static void Register(OperatorTable table) => table.Add("Attention", since: 1, Build, Objection, Domains.Microsoft);

    private static Operation Build(NodeContext node)
    {
        long[] x = node.Shape(0), sizes = Sizes(node);
        long heads = node.Node.GetInt("num_heads", 0), batch = x[0], length = x[1];
        bool fits = heads > 0 && sizes.All(size => size > 0 && size % heads == 0) && sizes[0] == sizes[1];
        node.Require(fits, $"queries, keys and values of {string.Join(", ", sizes)} columns are not those of {heads} heads");
        HeadShape query = new(batch, heads, length, sizes[0] / heads), value = query with { Size = sizes[2] / heads };
        long past = PastLength(node, query, value), keys = past + length;
        PaddingMask? padding = HidesNothing(node, batch) ? null : PaddingMask.Of(node, Mask, query, keys);
        if (node.Has(ScoreBias))
            AttentionMask.Require(node, ScoreBias, query, keys);
        var projection = new LinearProduct(batch * length, false, false, 1, 1, node.Has(Bias), node.Branch, node.RequireSize([batch, length, sizes.Sum()]));
        var attention = new HeadAttention(HeadAttention.ScaleOr(node.Node.GetFloat("scale", 0), query.Size));
        long? before = node.Node.GetInt("unidirectional", 0) != 0 ? past : null;
        HeadAttention.RequireSize(node, query, value, keys, before);
        bool wantsPresent = node.Wants(1);
        return inputs =>
        {
            using Tensor projected = projection.Run(inputs)[0];
            Tensor[] parts = projected.split(sizes, 2);
            using Tensor qFlat = parts[0], kFlat = parts[1], vFlat = parts[2];
            using Tensor q = query.View(qFlat), k = query.View(kFlat), v = value.View(vFlat);
            using Tensor? earlierKeys = inputs.ElementAtOrDefault(Past)?.select(0, 0);
            using Tensor? earlierValues = inputs.ElementAtOrDefault(Past)?.select(0, 1);
            using Tensor keysNow = KeyValueShapes.Append(earlierKeys, k), valuesNow = KeyValueShapes.Append(earlierValues, v);
            using Tensor? hidden = padding?.Additive(inputs[Mask]!, q.dtype);
            using Tensor? bias = inputs.ElementAtOrDefault(ScoreBias) is { } given ? AttentionMask.Finite(given, q.dtype) : null;
            using Tensor result = attention.Run(q, keysNow, valuesNow, new AttentionMask(hidden, before, bias));
            Tensor merged = HeadShape.Merge(result);
            return wantsPresent ? [merged, stack([keysNow, valuesNow], 0)] : [merged];
        };
    }

    /// <summary>Columns of queries, keys and values, with the checks of the projection.</summary>
    private static long[] Sizes(NodeContext node)
    {
        long[] x = node.Shape(0), weight = node.Shape(Weight);
        node.RequireFloats(0);
        node.RequireSameType(0, Weight);
        node.Require(x.Length == 3 && weight.Length == 2 && x[2] == weight[0], "the input must be (batch, length, in) and the weight (in, q + k + v)");
        long[] sizes = node.Node.GetInts("qkv_hidden_sizes") is { Count: > 0 } given ? [.. given] : [weight[1] / 3, weight[1] / 3, weight[1] / 3];
        node.Require(sizes.Length == 3 && sizes.All(size => size > 0 && size <= weight[1]) && sizes.Sum() == weight[1], $"{weight[1]} columns cannot be queries, keys and values");
        if (node.Has(Bias))
            node.RequireVector(Bias, weight[1], like: 0);
        return sizes;
    }

    private static long PastLength(NodeContext node, HeadShape key, HeadShape value)
    {
        if (!node.Has(Past))
        {
            node.Require(!node.Wants(1) || key.Size == value.Size, "present keys and values differ in size");
            return 0;
        }

        long[] past = node.Shape(Past);
        node.RequireSameType(0, Past);
        bool fits = past.Length == 5 && past[0] == 2 && past[1] == key.Batch && past[2] == key.Heads && past[4] == key.Size && key.Size == value.Size;
        node.Require(fits, $"past must have the shape [2,{key.Batch},{key.Heads},past,{key.Size}]");
        return past[3];
    }

    /// <summary>A mask with one element a sequence adds the same number to all its scores.</summary>
    private static bool HidesNothing(NodeContext node, long batch) =>
        node.Has(Mask) && node.Shape(Mask) is [var rows, 1] && (rows == 1 || rows == batch);

    private static string? Objection(OnnxNode node)
    {
        if (node.GetInt("past_present_share_buffer", 0) != 0 || node.Inputs.ElementAtOrDefault(6) is { Length: > 0 })
            return "a buffer that past and present share is not supported";
        return node.GetInt("do_rotary", 0) == 0 ? null : "do_rotary is not supported";
    }
}
