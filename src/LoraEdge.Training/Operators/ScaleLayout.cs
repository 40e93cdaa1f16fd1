using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>How scales and zero points are laid over a tensor: one for all, one for each position of an axis, or one for each block along an axis.</summary>
/// <param name="Shape">Shape in which they broadcast, before blocks are spread.</param>
/// <param name="Axis">The axis.</param>
/// <param name="Block">Elements of a block; 1 where there are no blocks.</param>
/// <param name="Size">Size of the axis.</param>
internal sealed record ScaleLayout(long[] Shape, int Axis, long Block, long Size)
{
    /// <summary>Reads the layout of QuantizeLinear and DequantizeLinear: x, scale, zero point.</summary>
    public static ScaleLayout Of(NodeContext node)
    {
        long[] x = node.Shape(0), scale = node.Shape(1);
        node.Require(!node.Has(2) || Count(node.Shape(2)) == Count(scale), "scale and zero point differ in size");
        long block = node.Node.GetInt("block_size", 0), axis = node.Node.GetInt("axis", 1);
        if (block == 0 && Count(scale) == 1 && scale.Length <= 1)
            return new ScaleLayout([], 0, 1, 1);
        int at = node.Axis(axis, x.Length);
        if (block == 0)
        {
            node.Require(scale.Length == 1 && scale[0] == x[at], $"there must be one scale for each of the {x[at]} positions of axis {at}");
            return new ScaleLayout([.. x.Select((size, i) => i == at ? size : 1)], at, 1, x[at]);
        }

        long[] blocks = [.. x.Select((size, i) => i == at && block > 0 ? (size + block - 1) / block : size)];
        node.Require(block > 0 && scale.SequenceEqual(blocks), $"the scales of blocks of {block} must have the shape [{string.Join(",", blocks)}]");
        // A block is no longer than its axis, however large the attribute.
        return new ScaleLayout(scale, at, Math.Max(1, Math.Min(block, x[at])), x[at]);
    }

    /// <summary>Scales or zero points as float32 in a shape that broadcasts.</summary>
    public Tensor Spread(Tensor numbers)
    {
        using Tensor wide = numbers.to(ScalarType.Float32), shaped = wide.reshape(Shape);
        if (Block == 1)
            return shaped.alias();
        using Tensor repeated = shaped.repeat_interleave(Block, Axis);
        return repeated.narrow(Axis, 0, Size);
    }

    private static long Count(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);
}
