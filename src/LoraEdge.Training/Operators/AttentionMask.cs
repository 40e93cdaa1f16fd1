using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// What queries must not look at, as numbers that are added to their scores. The lowest finite number hides a key, as in ONNX
/// Runtime: minus infinity makes NaN of the gradient of a query that sees nothing.
/// </summary>
/// <param name="Numbers">Numbers with four axes, broadcast to (batch, heads, queries, keys), borrowed; null for none.</param>
/// <param name="Past">Where later keys are hidden besides: the number of keys before the first query's own.</param>
/// <param name="Bias">More numbers, added also to hidden keys; borrowed; null for none.</param>
internal sealed record AttentionMask(Tensor? Numbers, long? Past, Tensor? Bias = null)
{
    /// <summary>Whether only later keys are hidden, and the first query is the first position.</summary>
    public bool IsOnlyCausal => Past == 0 && Numbers is null && Bias is null;

    /// <summary>Whether all keys may be hidden from a query.</summary>
    public bool MayBlind => Numbers is not null || Bias is not null;

    /// <summary>Whether the numbers are computed from something that is trained.</summary>
    public bool NeedsGradient => Numbers?.requires_grad == true || Bias?.requires_grad == true;

    /// <summary>Checks that an input can be broadcast to (batch, heads, queries, keys), and that a mask of that size may be made.</summary>
    public static void Require(NodeContext node, int index, HeadShape query, long keys)
    {
        node.RequireBroadcastTo(index, node.RequireSize([query.Batch, query.Heads, query.Length, keys]));
        node.Require(node.Type(index) == ScalarType.Bool || node.Type(index) == node.Type(0), $"input {index} must hold booleans, or numbers of the queries' type");
    }

    /// <summary>Finite numbers to add, with four axes, from a mask that either holds numbers or says with true what is visible.</summary>
    public static Tensor Finite(Tensor mask, ScalarType type)
    {
        using Tensor full = mask.reshape([.. Enumerable.Repeat(1L, 4 - (int)mask.dim()), .. mask.shape]);
        if (mask.dtype != ScalarType.Bool)
            return full.clamp_min(Number.Of(Lowest(type)));
        using Tensor hidden = full.logical_not();
        return Hide(null, hidden, type);
    }

    /// <summary>The numbers with keys hidden besides.</summary>
    /// <param name="numbers">Numbers to add; null for none.</param>
    /// <param name="hidden">True where a key is hidden.</param>
    /// <param name="type">Type of the scores.</param>
    public static Tensor Hide(Tensor? numbers, Tensor hidden, ScalarType type)
    {
        if (numbers is null)
            return zeros(hidden.shape, type, hidden.device).masked_fill_(hidden, Number.Of(Lowest(type)));
        using Tensor low = tensor(Lowest(type), type, hidden.device);
        return where(hidden, low, numbers);
    }

    /// <summary>True where numbers hide a key, or scores are those of a hidden one.</summary>
    public static Tensor Hidden(Tensor numbers) => numbers.le(Number.Of(Lowest(numbers.dtype)));

    /// <summary>The results with zeros for queries from which every key is hidden; a new handle.</summary>
    public static Tensor WithoutBlind(Tensor result, Tensor numbers)
    {
        using Tensor hidden = Hidden(numbers), blind = hidden.all(-1, keepdim: true), any = blind.any();
        return any.item<bool>() ? result.masked_fill(blind, Number.Of(0)) : result.alias();
    }

    /// <summary>The numbers to add to the scores of queries and keys; null for none.</summary>
    public Tensor? ToScores(Tensor q, Tensor k)
    {
        using Tensor? numbers = HidesLater(k.shape[2]) ? WithLaterHidden(q, k) : Numbers?.alias();
        return Bias is null ? numbers?.alias() : numbers is null ? Bias.alias() : numbers.add(Bias, Number.One);
    }

    private bool HidesLater(long keys) => Past + 1 < keys;

    private Tensor WithLaterHidden(Tensor q, Tensor k)
    {
        using Tensor all = ones([q.shape[2], k.shape[2]], ScalarType.Bool, q.device), later = all.triu(Past!.Value + 1);
        return Hide(Numbers, later, q.dtype);
    }

    private static double Lowest(ScalarType type) => finfo(type).min;
}
