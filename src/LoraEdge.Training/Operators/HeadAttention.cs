using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Attention of several heads: <c>softmax(cap(scale * q * k^T) + mask) * v</c>. Queries are (batch, heads, queries, size); keys
/// and values may have fewer heads, each of which serves a group of neighbouring query heads.
/// </summary>
/// <param name="Scale">Factor on the products.</param>
/// <param name="Softcap">Bound c of the scores, <c>c * tanh(score / c)</c>; 0 or less for none.</param>
/// <param name="BlindIsZero">Whether a query from which every key is hidden gets zeros; otherwise it gets the values' mean.</param>
internal sealed record HeadAttention(double Scale, double Softcap = 0, bool BlindIsZero = false)
{
    /// <summary>The usual factor unless an attribute gives another: one over the root of a head's size.</summary>
    public static double ScaleOr(double given, long headSize) => given != 0 ? given : 1 / Math.Sqrt(headSize);

    /// <summary>
    /// Checks the size of what is made on the way: all scores, where the fused operation cannot do without them, or a mask of
    /// later keys.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="query">The queries.</param>
    /// <param name="value">The values.</param>
    /// <param name="keys">Number of keys.</param>
    /// <param name="past">Number of keys before the first query's own, where later ones are hidden.</param>
    /// <param name="needsScores">Whether something asks for the scores, or changes them.</param>
    public static void RequireSize(NodeContext node, HeadShape query, HeadShape value, long keys, long? past, bool needsScores = false)
    {
        if (needsScores || value.Size != query.Size)
            node.RequireSize([query.Batch, query.Heads, query.Length, keys]);
        else if (past is not null && (past > 0 || query.Length != keys))
            node.RequireSize([query.Length, keys]);
    }

    /// <summary>Computes the heads' results, (batch, heads, queries, value size).</summary>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="mask">What the queries must not look at.</param>
    /// <param name="sink">Per head, a score that takes part in the softmax and has no value; null for none.</param>
    public Tensor Run(Tensor q, Tensor k, Tensor v, AttentionMask mask, Tensor? sink = null)
    {
        // The fused operation keeps no scores for backward, and gives no gradient to its mask.
        if (!(Softcap > 0) && sink is null && !mask.NeedsGradient)
            return RunFused(q, k, v, mask);
        using Tensor shares = Scores(q, k, mask, ScoreStage.Shares, sink), values = Repeated(v, q);
        return MatrixProduct.Of(shares, values);
    }

    /// <summary>The same, and the scores at some stage of their computation.</summary>
    public (Tensor Result, Tensor Scores) RunWithScores(Tensor q, Tensor k, Tensor v, AttentionMask mask, ScoreStage stage)
    {
        Tensor wanted = Scores(q, k, mask, stage);
        return (Run(q, k, v, mask), wanted);
    }

    private Tensor RunFused(Tensor q, Tensor k, Tensor v, AttentionMask mask)
    {
        bool isCausal = mask.IsOnlyCausal && q.shape[2] == k.shape[2];
        // libtorch applies the usual factor itself.
        using Tensor scaled = Scaled(q, Scale * Math.Sqrt(q.shape[3])), keys = Repeated(k, q), values = Repeated(v, q);
        using Tensor? full = isCausal ? null : mask.ToScores(q, k);
        Tensor result = nn.functional.scaled_dot_product_attention(scaled, keys, values, full, 0, isCausal);
        return BlindIsZero && mask.MayBlind ? Instead(result, AttentionMask.WithoutBlind(result, full!)) : result;
    }

    private Tensor Scores(Tensor q, Tensor k, AttentionMask mask, ScoreStage stage, Tensor? sink = null)
    {
        using Tensor keys = Repeated(k, q), turned = keys.transpose(2, 3), scaled = Scaled(q, Scale);
        Tensor scores = MatrixProduct.Of(scaled, turned);
        if (stage >= ScoreStage.Capped && Softcap > 0)
            scores = Instead(scores, Capped(scores));
        if (stage >= ScoreStage.Masked && mask.ToScores(q, k) is { } full)
        {
            using (full)
                scores = Instead(scores, scores.add(full, Number.One));
        }

        return stage == ScoreStage.Shares ? Instead(scores, Shares(scores, sink, zerosHidden: BlindIsZero && mask.MayBlind)) : scores;
    }

    private static Tensor Shares(Tensor scores, Tensor? sink, bool zerosHidden)
    {
        Tensor shares = sink is null ? scores.softmax(-1) : SoftmaxWith(sink, scores);
        if (!zerosHidden)
            return shares;
        using Tensor hidden = AttentionMask.Hidden(scores);
        return Instead(shares, shares.masked_fill(hidden, Number.Of(0)));
    }

    private Tensor Capped(Tensor scores)
    {
        using Tensor divided = scores.div(Number.Of(Softcap)), bounded = divided.tanh();
        return bounded.mul(Number.Of(Softcap));
    }

    private static Tensor SoftmaxWith(Tensor sink, Tensor scores)
    {
        long[] shape = scores.shape;
        using Tensor column = sink.reshape(1, shape[1], 1, 1), wide = column.expand(shape[0], shape[1], shape[2], 1);
        using Tensor all = cat([scores, wide], -1), shares = all.softmax(-1);
        return shares.narrow(3, 0, shape[3]);
    }

    /// <summary>Every key or value head once for each query head of its group.</summary>
    private static Tensor Repeated(Tensor x, Tensor q)
    {
        long[] shape = x.shape;
        long group = q.shape[1] / shape[1];
        if (group == 1)
            return x.alias();
        using Tensor apart = x.unsqueeze(2), wide = apart.expand(shape[0], shape[1], group, shape[2], shape[3]);
        return wide.reshape(shape[0], shape[1] * group, shape[2], shape[3]);
    }

    private static Tensor Scaled(Tensor x, double factor) => Math.Abs(factor - 1) < 1e-7 ? x.alias() : x.mul(Number.Of(factor));

    private static Tensor Instead(Tensor old, Tensor current)
    {
        old.Dispose();
        return current;
    }
}
