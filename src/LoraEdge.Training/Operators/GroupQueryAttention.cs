using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// GroupQueryAttention of com.microsoft: causal attention with rotary embedding and a cache of keys and values, as exporters of
/// language models write it. What padding tokens of a prompt compute is not defined, and differs from ONNX Runtime.
/// </summary>
internal static class GroupQueryAttention
{
    private const int CosineTable = 7, SineTable = 8, Positions = 9, ScoreBias = 10, Sink = 11;

    public static void Register(OperatorTable table) => table.Add("GroupQueryAttention", since: 1, Build, Objection, Domains.Microsoft);

    private static Operation Build(NodeContext node)
    {
        GroupQueryInputs heads = GroupQueryInputs.Of(node);
        GroupQueryCache cache = GroupQueryCache.Of(node, heads);
        bool rotates = node.Node.GetInt("do_rotary", 0) != 0, smooth = node.Node.GetInt("smooth_softmax", -1) == 1;
        Rotation? rotation = rotates ? new Rotation(Pairs(node, heads, cache), node.Node.GetInt("rotary_interleaved", 0) != 0) : null;
        float softcap = node.Node.GetFloat("softcap", 0);
        RequireScores(node, heads, cache);
        var attention = new HeadAttention(HeadAttention.ScaleOr(node.Node.GetFloat("scale", 0), heads.Query.Size), softcap, BlindIsZero: true);
        return inputs =>
        {
            (Tensor qRaw, Tensor kRaw, Tensor v) = heads.Take(inputs);
            (Tensor q, Tensor k) = rotation is null ? (qRaw, kRaw) : Rotate(node, rotation, cache, inputs, qRaw, kRaw);
            using (q)
            using (k)
            using (v)
            {
                Tensor presentKeys = cache.Present(inputs.ElementAtOrDefault(GroupQueryCache.PastKey), k);
                Tensor presentValues = cache.Present(inputs.ElementAtOrDefault(GroupQueryCache.PastValue), v);
                using Tensor keys = presentKeys.narrow(2, 0, cache.Total), values = presentValues.narrow(2, 0, cache.Total);
                using Tensor? bias = inputs.ElementAtOrDefault(ScoreBias) is { } given ? AttentionMask.Finite(given, q.dtype) : null;
                using Tensor? numbers = cache.Mask(bias, q), sink = SinkOf(inputs.ElementAtOrDefault(Sink), smooth, q);
                using Tensor result = attention.Run(q, keys, values, new AttentionMask(numbers, cache.CommonPast), sink);
                return [HeadShape.Merge(result), presentKeys, presentValues];
            }
        };
    }

    private static (Tensor Query, Tensor Key) Rotate(NodeContext node, Rotation rotation, GroupQueryCache cache, Tensor?[] inputs, Tensor q, Tensor k)
    {
        using (q)
        using (k)
        {
            using Tensor cosine = Angles(inputs[CosineTable]!), sine = Angles(inputs[SineTable]!);
            return (rotation.Apply(q, cosine, sine), rotation.Apply(k, cosine, sine));
        }

        Tensor Angles(Tensor table)
        {
            using Tensor rows = inputs.ElementAtOrDefault(Positions) is { } positions ? RowLookup.Rows(node, table, positions) : cache.RowsOfPositions(table);
            return rows.unsqueeze(1);
        }
    }

    /// <summary>The score that a head may spend on nothing: given per head, or 0 for all.</summary>
    private static Tensor? SinkOf(Tensor? given, bool smooth, Tensor q) =>
        given?.alias() ?? (smooth ? zeros([q.shape[1]], q.dtype, q.device) : null);

    private static long Pairs(NodeContext node, GroupQueryInputs heads, GroupQueryCache cache)
    {
        node.RequireSameType(0, CosineTable);
        node.RequireSameType(0, SineTable);
        long[] table = node.Shape(CosineTable);
        bool fits = table.Length == 2 && node.Shape(SineTable).SequenceEqual(table) && table[1] > 0 && 2 * table[1] <= heads.Query.Size;
        node.Require(fits, $"the tables of cosines and sines must be (positions, pairs of a head of {heads.Query.Size})");
        if (node.Has(Positions))
            node.RequireIndices(Positions, heads.Query.Batch, heads.Query.Length);
        else
            node.Require(table[0] >= cache.Total, $"the tables of cosines and sines have fewer than {cache.Total} rows");
        return table[1];
    }

    private static void RequireScores(NodeContext node, GroupQueryInputs heads, GroupQueryCache cache)
    {
        if (cache.CommonPast is null)
            node.RequireSize([heads.Query.Batch, heads.Query.Length, cache.Total]);
        bool changesScores = node.Node.GetFloat("softcap", 0) > 0 || node.Has(Sink) || node.Node.GetInt("smooth_softmax", -1) == 1;
        HeadAttention.RequireSize(node, heads.Query, heads.Key, cache.Total, cache.CommonPast, changesScores);
        if (node.Has(ScoreBias))
            AttentionMask.Require(node, ScoreBias, heads.Query, cache.Total);
        if (node.Has(Sink))
            node.RequireVector(Sink, heads.Query.Heads, like: 0);
    }

    private static string? Objection(OnnxNode node)
    {
        bool isQuantized = node.GetString("k_quant_type", "NONE") != "NONE" || node.GetString("v_quant_type", "NONE") != "NONE";
        if (isQuantized || node.Inputs.Skip(12).Any(name => name.Length > 0))
            return "a quantized cache and the norms of queries and keys are not supported";
        if (node.Outputs.ElementAtOrDefault(3) is { Length: > 0 } || node.GetInt("qk_output", 0) != 0)
            return "the output of scores is not supported";
        if (node.GetInt("causal", 1) == 0)
            return "attention that is not causal is not supported";
        return node.GetInt("sliding_window_cache", 0) == 0 ? null : "a cache with a sliding window is not supported";
    }
}
