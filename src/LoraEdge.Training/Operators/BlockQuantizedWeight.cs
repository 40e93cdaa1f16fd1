using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>A weight <c>(out, in)</c> in blocks along its rows, each with a scale and a zero point; two numbers of 4 bits share a byte, the first one in the low half.</summary>
/// <param name="Out">Number of rows.</param>
/// <param name="In">Length of a row.</param>
/// <param name="Block">Numbers of a block.</param>
/// <param name="Bits">Bits of a number, 4 or 8.</param>
internal sealed record BlockQuantizedWeight(long Out, long In, long Block, long Bits)
{
    private long Blocks => (In + Block - 1) / Block;

    /// <summary>Checks the attributes and the inputs of a node.</summary>
    public static BlockQuantizedWeight Of(NodeContext node, int packed, int scales, int zeros)
    {
        long n = node.Node.GetInt("N", 0), k = node.Node.GetInt("K", 0), block = node.Node.GetInt("block_size", 0), bits = node.Node.GetInt("bits", 4);
        node.Require(n > 0 && k > 0 && block is >= 16 and <= int.MaxValue && (block & (block - 1)) == 0, "N and K must be above 0, and block_size a power of 2 from 16 on");
        node.RequireSize([n, k + block]);
        var weight = new BlockQuantizedWeight(n, k, block, bits);
        long blocks = weight.Blocks, bytes = block * bits / 8;
        node.Require(node.Type(packed) == ScalarType.Byte && Count(node, packed) == n * blocks * bytes, $"B must hold {n} times {blocks} blocks of {bytes} bytes");
        node.Require(is_floating_point(node.Type(scales)) && Count(node, scales) == n * blocks, $"there must be {n} times {blocks} scales");
        if (node.Has(zeros))
        {
            bool packedZeros = node.Type(zeros) == ScalarType.Byte && Count(node, zeros) == n * weight.ZeroBytes;
            node.Require(packedZeros || (node.Type(zeros) == node.Type(scales) && Count(node, zeros) == n * blocks), "the zero points must be packed like B, or hold one number for each scale");
        }

        return weight;
    }

    /// <summary>The weight as float32, <c>(out, in)</c>.</summary>
    public Tensor Widen(Tensor packed, Tensor scales, Tensor? zeros)
    {
        using Tensor integers = Unpack(packed, Blocks * Block), numbers = integers.to(ScalarType.Float32), blocks = numbers.reshape(Out, Blocks, Block);
        using Tensor scale = PerBlock(scales), zero = Zero(zeros, packed.device), centred = blocks.sub(zero), real = centred.mul(scale), rows = real.reshape(Out, Blocks * Block);
        return rows.narrow(1, 0, In);
    }

    private long ZeroBytes => (Blocks * Bits + 7) / 8;

    private Tensor Zero(Tensor? zeros, Device device)
    {
        if (zeros is null)
            return tensor((float)(1 << (int)(Bits - 1)), device: device);
        if (zeros.dtype != ScalarType.Byte)
            return PerBlock(zeros);
        using Tensor unpacked = Unpack(zeros, ZeroBytes * 8 / Bits), real = unpacked.narrow(1, 0, Blocks);
        return PerBlock(real);
    }

    private Tensor PerBlock(Tensor numbers)
    {
        using Tensor wide = numbers.to(ScalarType.Float32);
        return wide.reshape(Out, Blocks, 1);
    }

    private Tensor Unpack(Tensor bytes, long columns)
    {
        if (Bits == 8)
            return bytes.reshape(Out, columns);
        using Tensor mask = tensor((byte)15, device: bytes.device), shift = tensor((byte)4, device: bytes.device), low = bytes.bitwise_and(mask), high = bytes.bitwise_right_shift(shift);
        using Tensor pairs = stack([low, high], -1);
        return pairs.reshape(Out, columns);
    }

    private static long Count(NodeContext node, int input) => node.Shape(input).Aggregate(1L, (product, size) => product * size);
}
