using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;

namespace LoraEdge.Training.Operators;

/// <summary>Conv and ConvTranspose over 1 to 3 spatial axes.</summary>
internal static class Convolutions
{
    public static void Register(OperatorTable table)
    {
        table.Add("Conv", since: 1, Conv);
        table.Add("ConvTranspose", since: 1, ConvTranspose);
    }

    private static Operation Conv(NodeContext node)
    {
        WindowAttributes attributes = Attributes(node);
        long[] x = node.Shape(0), weight = node.Shape(1);
        long groups = Groups(node), channels = weight[0];
        node.Require(weight[1] >= 1 && x[1] / groups == weight[1], $"{x[1]} channels in {groups} groups do not fit a weight for {weight[1]}");
        node.Require(channels >= 1 && channels % groups == 0, $"{channels} channels of the result do not divide into {groups} groups");
        bool hasBias = HasBias(node, channels);
        SlidingWindow window = SlidingWindow.Of(node, attributes);
        node.RequireSize([x[0], channels, .. window.Counts]);
        return new Convolution(window, groups, hasBias, node.Branch is { } branch ? new ConvolutionBranch(branch, groups) : null).Run;
    }

    private static Operation ConvTranspose(NodeContext node)
    {
        WindowAttributes attributes = Attributes(node);
        long[] x = node.Shape(0), weight = node.Shape(1);
        long groups = Groups(node), channels = weight[1] * groups;
        node.Require(weight[0] == x[1] && weight[1] >= 1, $"{x[1]} channels do not fit the weight");
        return TransposedConvolution.Of(node, attributes, groups, channels, HasBias(node, channels)).Run;
    }

    private static WindowAttributes Attributes(NodeContext node)
    {
        node.RequireFloats(0);
        node.RequireSameType(0, 1);
        node.Require(node.Rank(1) == node.Rank(0), "the weight must have as many axes as the input");
        return WindowAttributes.Of(node, [.. node.Shape(1).Skip(2)]);
    }

    private static long Groups(NodeContext node)
    {
        long groups = node.Node.GetInt("group", 1), channels = node.Shape(0)[1];
        node.Require(groups >= 1 && groups <= channels && channels % groups == 0, $"{channels} channels do not divide into {groups} groups");
        return groups;
    }

    private static bool HasBias(NodeContext node, long channels)
    {
        if (!node.Has(2))
            return false;
        node.RequireSameType(0, 2);
        node.Require(node.Shape(2).SequenceEqual([channels]), $"B must hold one number for each of the {channels} channels");
        return true;
    }
}
