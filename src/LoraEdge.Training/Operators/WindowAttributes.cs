using LoraEdge.Training.Execution;

namespace LoraEdge.Training.Operators;

/// <summary>The attributes that Conv, ConvTranspose and the pooling operators share, checked; one entry per spatial axis.</summary>
/// <param name="AutoPad">NOTSET, VALID, SAME_UPPER or SAME_LOWER.</param>
/// <param name="Kernel">Positions in the window.</param>
/// <param name="Strides">Distance from one window to the next.</param>
/// <param name="Dilations">Distance from one position of a window to the next.</param>
/// <param name="Begins">Padding before the first element.</param>
/// <param name="Ends">Padding behind the last element.</param>
internal sealed record WindowAttributes(string AutoPad, long[] Kernel, long[] Strides, long[] Dilations, long[] Begins, long[] Ends)
{
    private const int MaxAxes = 3;

    /// <summary>Whether the padding follows from the sizes and is not given.</summary>
    public bool IsSame => AutoPad is "SAME_UPPER" or "SAME_LOWER";

    /// <summary>What a window spans on each axis, gaps included.</summary>
    public long[] Spans => [.. Kernel.Zip(Dilations, (size, dilation) => (size - 1) * dilation + 1)];

    /// <summary>Reads them.</summary>
    /// <param name="node">The node.</param>
    /// <param name="weight">Spatial sizes of the weight, which decide the kernel; null where only the attribute does.</param>
    public static WindowAttributes Of(NodeContext node, long[]? weight = null)
    {
        int axes = node.Rank(0) - 2;
        node.Require(axes is >= 1 and <= MaxAxes, $"the input needs a batch axis, channels and 1 to {MaxAxes} spatial axes");
        node.Require(node.Shape(0).Skip(1).All(size => size > 0), "an axis behind the batch is empty");
        string autoPad = node.Node.GetString("auto_pad", "NOTSET");
        node.Require(autoPad is "NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER", $"auto_pad '{autoPad}' is not one of NOTSET, VALID, SAME_UPPER and SAME_LOWER");
        long[] kernel = Numbers(node, "kernel_shape", axes, weight, lowest: 1);
        node.Require(weight is null || weight.SequenceEqual(kernel), "kernel_shape differs from the weight's");
        long[] pads = autoPad == "NOTSET" ? Numbers(node, "pads", 2 * axes, [.. new long[2 * axes]], lowest: 0) : new long[2 * axes];
        long[] ones = [.. Enumerable.Repeat(1L, axes)];
        return new WindowAttributes(autoPad, kernel, Numbers(node, "strides", axes, ones, 1), Numbers(node, "dilations", axes, ones, 1), [.. pads.Take(axes)], [.. pads.Skip(axes)]);
    }

    /// <summary>Shares padding between both ends of the axes; the odd one goes to the end for SAME_UPPER and to the front else.</summary>
    public (long[] Begins, long[] Ends) Distribute(long[] totals)
    {
        long[] begins = [.. totals.Select(total => AutoPad == "SAME_UPPER" ? total / 2 : (total + 1) / 2)];
        return (begins, [.. totals.Zip(begins, (total, begin) => total - begin)]);
    }

    /// <summary>A list of an attribute; numbers are below 2^31, so that products of two of them do not overflow.</summary>
    private static long[] Numbers(NodeContext node, string attribute, int count, long[]? defaults, long lowest)
    {
        long[] values = node.Node.GetInts(attribute) is { } given ? [.. given] : defaults ?? throw node.Fail($"{attribute} is missing");
        node.Require(values.Length == count, $"{attribute} has {values.Length} entries, not {count}");
        node.Require(values.All(value => value >= lowest && value <= int.MaxValue), $"a number in {attribute} is out of range");
        return values;
    }
}
