using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Queries, keys or values of several attention heads.</summary>
/// <param name="Batch">Number of sequences.</param>
/// <param name="Heads">Number of heads.</param>
/// <param name="Length">Positions of a sequence.</param>
/// <param name="Size">Numbers of one head.</param>
internal sealed record HeadShape(long Batch, long Heads, long Length, long Size)
{
    /// <summary>
    /// The shape of an input: (batch, length, heads * size), or (batch, heads, length, size) where every head is an axis entry.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="index">The input.</param>
    /// <param name="heads">Number of heads that the node's attributes give; 0 for none.</param>
    public static HeadShape Of(NodeContext node, int index, long heads)
    {
        long[] shape = node.Shape(index);
        node.RequireFloats(index);
        node.RequireSameType(0, index);
        node.Require(shape.Length is 3 or 4, $"input {index} must have 3 or 4 axes");
        node.Require(shape[^1] > 0, $"input {index} has heads of no size");
        if (shape.Length == 4)
        {
            node.Require(heads == 0 || shape[1] == heads, $"input {index} has {shape[1]} heads, not {heads}");
            return new HeadShape(shape[0], shape[1], shape[2], shape[3]);
        }

        node.Require(heads > 0 && shape[2] % heads == 0, $"the {shape[2]} columns of input {index} are not those of {heads} heads");
        return new HeadShape(shape[0], heads, shape[1], shape[2] / heads);
    }

    /// <summary>The input as (batch, heads, length, size): a view.</summary>
    public Tensor View(Tensor x)
    {
        if (x.dim() == 4)
            return x.alias();
        using Tensor apart = x.reshape(Batch, Length, Heads, Size);
        return apart.transpose(1, 2);
    }

    /// <summary>Turns (batch, heads, length, size) into (batch, length, heads * size).</summary>
    public static Tensor Merge(Tensor heads)
    {
        long[] shape = heads.shape;
        using Tensor together = heads.transpose(1, 2);
        return together.reshape(shape[0], shape[2], shape[1] * shape[3]);
    }
}
