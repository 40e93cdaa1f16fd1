using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;

namespace LoraEdge.Training.Operators;

/// <summary>DepthToSpace and SpaceToDepth: blocks of pixels become channels, and back.</summary>
internal static class ChannelBlocks
{
    public static void Register(OperatorTable table)
    {
        table.Add("DepthToSpace", since: 1, DepthToSpace, Objection);
        table.Add("SpaceToDepth", since: 1, SpaceToDepth);
    }

    private static Operation DepthToSpace(NodeContext node)
    {
        (long[] x, long block) = Image(node);
        node.Require(x[1] % block == 0 && x[1] / block % block == 0, $"{x[1]} channels do not divide into blocks of {block} x {block}");
        long channels = x[1] / block / block;
        // DCR: the place in the block counts slower than the channel; CRD: faster.
        bool placeFirst = node.Node.GetString("mode", "DCR") == "DCR";
        long[] split = placeFirst ? [x[0], block, block, channels, x[2], x[3]] : [x[0], channels, block, block, x[2], x[3]];
        long[] order = placeFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
        return Rearrange(split, order, [x[0], channels, x[2] * block, x[3] * block]);
    }

    private static Operation SpaceToDepth(NodeContext node)
    {
        (long[] x, long block) = Image(node);
        node.Require(x[2] % block == 0 && x[3] % block == 0, $"the image does not divide into blocks of {block} x {block}");
        long[] split = [x[0], x[1], x[2] / block, block, x[3] / block, block];
        return Rearrange(split, [0, 3, 5, 1, 2, 4], [x[0], x[1] * block * block, x[2] / block, x[3] / block]);
    }

    private static Operation Rearrange(long[] split, long[] order, long[] result) => Unary(x =>
    {
        using var parts = x.reshape(split);
        using var moved = parts.permute(order);
        return moved.reshape(result);
    });

    private static (long[] Shape, long Block) Image(NodeContext node)
    {
        long block = node.Node.GetInt("blocksize", 0);
        node.Require(node.Rank(0) == 4, "the input must have the axes N, C, H and W");
        node.Require(block is >= 1 and <= int.MaxValue, "blocksize must be at least 1");
        return (node.Shape(0), block);
    }

    private static string? Objection(OnnxNode node) => node.GetString("mode", "DCR") is "DCR" or "CRD" ? null : "the mode is neither DCR nor CRD";
}
