using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>MultiHeadAttention of com.microsoft, with queries, keys and values apart or packed, and the bias of their projections.</summary>
internal static class MultiHeadAttention
{
    private const int Padding = 4, ScoreBias = 5, PastKey = 6, PastValue = 7;

    public static void Register(OperatorTable table) => table.Add("MultiHeadAttention", since: 1, Build, Objection, Domains.Microsoft);

    private static Operation Build(NodeContext node)
    {
        HeadInputs heads = HeadInputs.Of(node, node.Node.GetInt("num_heads", 0));
        long past = KeyValueShapes.PastLength(node, PastKey, PastValue, heads.Key, heads.Value), keys = past + heads.Key.Length;
        PaddingMask? padding = PaddingMask.Of(node, Padding, heads.Query, keys);
        if (node.Has(ScoreBias))
            AttentionMask.Require(node, ScoreBias, heads.Query, keys);
        var attention = new HeadAttention(HeadAttention.ScaleOr(node.Node.GetFloat("scale", 0), heads.Query.Size));
        long? before = node.Node.GetInt("unidirectional", 0) != 0 ? past : null;
        HeadAttention.RequireSize(node, heads.Query, heads.Value, keys, before);
        return inputs =>
        {
            (Tensor q, Tensor k, Tensor v) = heads.Take(inputs);
            using (q)
            using (k)
            using (v)
            {
                Tensor keysNow = KeyValueShapes.Append(inputs.ElementAtOrDefault(PastKey), k);
                Tensor valuesNow = KeyValueShapes.Append(inputs.ElementAtOrDefault(PastValue), v);
                using Tensor? hidden = padding?.Additive(inputs[Padding]!, q.dtype);
                using Tensor? bias = inputs.ElementAtOrDefault(ScoreBias) is { } given ? AttentionMask.Finite(given, q.dtype) : null;
                using Tensor result = attention.Run(q, keysNow, valuesNow, new AttentionMask(hidden, before, bias));
                return [HeadShape.Merge(result), keysNow, valuesNow];
            }
        };
    }

    private static string? Objection(OnnxNode node)
    {
        if (node.Outputs.ElementAtOrDefault(3) is { Length: > 0 })
            return "the output qk is not supported";
        return node.Inputs.Skip(8).Any(name => name.Length > 0) ? "past_sequence_length and cache_indirection are not supported" : null;
    }
}
