using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// The integer masks of com.microsoft's attention operators, as numbers to add to scores: per sequence the number of valid keys
/// (batch), ends followed by starts (2 * batch), or 1 for visible and 0 for hidden by key (batch, keys) or by query and key
/// (batch, queries, keys).
/// </summary>
/// <param name="Batch">Number of sequences.</param>
/// <param name="Keys">Number of keys.</param>
/// <param name="Filter">The number that hides a key.</param>
internal sealed record PaddingMask(long Batch, long Keys, float Filter)
{
    /// <summary>What hides a key unless an attribute gives another number.</summary>
    private const float DefaultFilter = -10000;

    /// <summary>The mask that an input holds; null when it is omitted.</summary>
    public static PaddingMask? Of(NodeContext node, int index, HeadShape query, long keys)
    {
        if (!node.Has(index))
            return null;
        long[] shape = node.Shape(index);
        long batch = query.Batch;
        node.Require(node.Type(index) is ScalarType.Int32 or ScalarType.Int64, $"input {index} must hold integers");
        node.RequireSize([batch, query.Length, keys]);
        bool fits = shape.Length switch
        {
            1 => shape[0] == batch || shape[0] == 2 * batch,
            2 => shape.SequenceEqual([batch, keys]),
            3 => shape.SequenceEqual([batch, query.Length, keys]),
            _ => false,
        };
        node.Require(fits, $"the mask of input {index} must have one of the shapes [{batch}], [{2 * batch}], [{batch},{keys}] and [{batch},{query.Length},{keys}]");
        return new PaddingMask(batch, keys, node.Node.GetFloat("mask_filter_value", DefaultFilter));
    }

    /// <summary>Numbers to add, shape (batch, 1, 1 or queries, keys).</summary>
    public Tensor Additive(Tensor mask, ScalarType type)
    {
        using Tensor visible = mask.dim() == 1 ? Between(mask) : mask.gt(Number.Of(0));
        long[] shape = visible.dim() == 2 ? [Batch, 1, 1, Keys] : [Batch, 1, visible.shape[1], Keys];
        using Tensor full = visible.reshape(shape), hidden = full.logical_not();
        return zeros(shape, type, mask.device).masked_fill_(hidden, Number.Of(Filter));
    }

    private Tensor Between(Tensor mask)
    {
        using Tensor positions = Counting.Below(Keys, mask.dtype, mask.device), ends = mask.narrow(0, 0, Batch), end = ends.reshape(Batch, 1);
        Tensor before = positions.lt(end);
        if (mask.shape[0] == Batch)
            return before;
        using (before)
        {
            using Tensor starts = mask.narrow(0, Batch, Batch), start = starts.reshape(Batch, 1), after = positions.ge(start);
            return before.logical_and(after);
        }
    }
}
