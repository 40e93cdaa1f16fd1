using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// ONNX's own Attention. The softmax is computed at least in float32, whatever <c>softmax_precision</c> asks for, as ONNX
/// Runtime does.
/// </summary>
internal static class StandardAttention
{
    private const int Mask = 3, PastKey = 4, PastValue = 5, ValidKeys = 6;

    public static void Register(OperatorTable table) => table.Add("Attention", since: 23, Build, Objection);

    private static Operation Build(NodeContext node)
    {
        int rank = node.Rank(0);
        long queryHeads = node.Node.GetInt("q_num_heads", 0), keyHeads = node.Node.GetInt("kv_num_heads", 0);
        HeadShape query = HeadShape.Of(node, 0, queryHeads), key = HeadShape.Of(node, 1, keyHeads), value = HeadShape.Of(node, 2, keyHeads);
        node.Require(node.Rank(1) == rank && node.Rank(2) == rank, "Q, K and V must have equally many axes");
        KeyValueShapes.Require(node, query, key, value);
        long past = KeyValueShapes.PastLength(node, PastKey, PastValue, key, value), keys = past + key.Length;
        double softcap = node.Node.GetFloat("softcap", 0);
        bool wantsScores = node.Wants(3), isCausal = node.Node.GetInt("is_causal", 0) != 0;
        var stage = (ScoreStage)node.Node.GetInt("qk_matmul_output_mode", 0);
        if (node.Has(Mask))
            AttentionMask.Require(node, Mask, query, keys);
        // One token behind a cache sees all there is, in ONNX Runtime even where several keys are new.
        long? before = isCausal && (past == 0 || query.Length > 1) ? past : null;
        HeadAttention.RequireSize(node, query, value, keys, before, needsScores: wantsScores || softcap > 0);
        var attention = new HeadAttention(HeadAttention.ScaleOr(node.Node.GetFloat("scale", 0), query.Size), softcap, BlindIsZero: true);
        return inputs =>
        {
            using Tensor q = query.View(inputs[0]!), k = key.View(inputs[1]!), v = value.View(inputs[2]!);
            using Tensor? numbers = inputs.ElementAtOrDefault(Mask) is { } given ? AttentionMask.Finite(given, q.dtype) : null;
            var mask = new AttentionMask(numbers, before);
            Tensor keysNow = KeyValueShapes.Append(inputs.ElementAtOrDefault(PastKey), k);
            Tensor valuesNow = KeyValueShapes.Append(inputs.ElementAtOrDefault(PastValue), v);
            if (!wantsScores)
                return [Finish(attention.Run(q, keysNow, valuesNow, mask), rank), keysNow, valuesNow];
            (Tensor result, Tensor scores) = attention.RunWithScores(q, keysNow, valuesNow, mask, stage);
            return [Finish(result, rank), keysNow, valuesNow, scores];
        };
    }

    private static Tensor Finish(Tensor heads, int rank)
    {
        if (rank == 4)
            return heads;
        using (heads)
            return HeadShape.Merge(heads);
    }

    private static string? Objection(OnnxNode node)
    {
        if (node.Inputs.Count > ValidKeys && node.Inputs[ValidKeys].Length > 0)
            return "the input nonpad_kv_seqlen (opset 24) is not supported";
        if (node.GetInt("softmax_precision", OnnxDataType.Float) is not (OnnxDataType.Float or OnnxDataType.Float16 or OnnxDataType.Double or OnnxDataType.BFloat16))
            return "softmax_precision is not a floating-point type";
        if (node.AttributeNames.Any(name => name is "left_window_size" or "right_window_size"))
            return "the windows of opset 25 are not supported";
        return node.GetInt("qk_matmul_output_mode", 0) is >= 0 and <= 3 ? null : "qk_matmul_output_mode must be 0, 1, 2 or 3";
    }
}
