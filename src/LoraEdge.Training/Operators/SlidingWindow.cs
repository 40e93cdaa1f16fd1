using LoraEdge.Training.Execution;

namespace LoraEdge.Training.Operators;

/// <summary>
/// How a window slides over the spatial axes of a tensor (N, C, spatial...): the geometry of Conv and of the pooling operators.
/// Arrays have one entry per spatial axis.
/// </summary>
/// <param name="Sizes">Sizes of the axes.</param>
/// <param name="Kernel">Positions in the window.</param>
/// <param name="Strides">Distance from one window to the next.</param>
/// <param name="Dilations">Distance from one position of a window to the next.</param>
/// <param name="Begins">Padding before the first element; below 0 where windows leave gaps and that much is cropped.</param>
/// <param name="Ends">Padding behind the last element, likewise.</param>
/// <param name="Counts">Number of windows: the sizes of the result's axes.</param>
internal sealed record SlidingWindow(long[] Sizes, long[] Kernel, long[] Strides, long[] Dilations, long[] Begins, long[] Ends, long[] Counts)
{
    /// <summary>Number of positions in the window.</summary>
    public long Volume => Kernel.Aggregate(1L, (product, size) => product * size);

    /// <summary>Whether both ends of every axis are padded by the same number, which libtorch can do without a copy.</summary>
    public bool IsSymmetric => Begins.SequenceEqual(Ends) && Begins.All(count => count >= 0);

    /// <summary>
    /// Padding behind the last element up to where the last window ends. With windows rounded up that is beyond
    /// <see cref="Ends"/>; where the stride leaves elements over it is less.
    /// </summary>
    public long[] Reach => [.. Kernel.Select((size, axis) => (Counts[axis] - 1) * Strides[axis] + (size - 1) * Dilations[axis] + 1 - Sizes[axis] - Begins[axis])];

    /// <summary>
    /// Whether libtorch's pooling makes these windows from the input as it is: it takes padding alike at both ends, of up to
    /// half a kernel, and rounds down.
    /// </summary>
    public bool PoolsUnpadded => IsSymmetric && Kernel.Select((size, axis) =>
        2 * Begins[axis] <= size && Reach[axis] <= Ends[axis] && Ends[axis] < Reach[axis] + Strides[axis]).All(fits => fits);

    /// <summary>The windows that a node's attributes describe.</summary>
    /// <param name="node">The node; its first input is what the window slides over.</param>
    /// <param name="attributes">The attributes.</param>
    /// <param name="isPooling">
    /// Whether the windows are a pool's: where they leave gaps, SAME then centres them by cropping, as ONNX Runtime does for
    /// pooling and not for Conv.
    /// </param>
    /// <param name="roundUp">Whether a last window that is only partly inside counts (<c>ceil_mode</c>).</param>
    public static SlidingWindow Of(NodeContext node, WindowAttributes attributes, bool isPooling = false, bool roundUp = false)
    {
        long[] sizes = [.. node.Shape(0).Skip(2)], spans = attributes.Spans;
        (long[] begins, long[] ends) = attributes.IsSame ? Same(attributes, sizes, lowest: isPooling ? long.MinValue : 0) : (attributes.Begins, attributes.Ends);
        long[] counts = [.. sizes.Select((size, axis) =>
        {
            long padded = size + begins[axis] + ends[axis], stride = attributes.Strides[axis];
            node.Require(padded >= spans[axis], "the window is larger than the padded input");
            long count = (padded - spans[axis] + (roundUp ? stride - 1 : 0)) / stride + 1;
            // A window that would start in the padding behind the input is left out.
            return roundUp && (count - 1) * stride >= size + begins[axis] ? count - 1 : count;
        })];
        node.RequireSize([.. node.Shape(0).Take(2), .. sizes.Select((size, axis) => size + begins[axis] + ends[axis])]);
        return new SlidingWindow(sizes, attributes.Kernel, attributes.Strides, attributes.Dilations, begins, ends, counts);
    }

    /// <summary>How many positions of a window lie within a range of elements of an axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="window">Which window on that axis.</param>
    /// <param name="low">First element of the range; below 0 in the padding.</param>
    /// <param name="high">One past its last element.</param>
    public long PositionsWithin(int axis, long window, long low, long high)
    {
        long start = window * Strides[axis] - Begins[axis], dilation = Dilations[axis];
        long first = Math.Max(0, (low - start + dilation - 1) / dilation), last = Math.Min(Kernel[axis] - 1, high > start ? (high - 1 - start) / dilation : -1);
        return Math.Max(0, last - first + 1);
    }

    private static (long[] Begins, long[] Ends) Same(WindowAttributes attributes, long[] sizes, long lowest)
    {
        long[] spans = attributes.Spans;
        return attributes.Distribute([.. sizes.Select((size, axis) =>
        {
            long count = (size + attributes.Strides[axis] - 1) / attributes.Strides[axis];
            return Math.Max(lowest, (count - 1) * attributes.Strides[axis] + spans[axis] - size);
        })]);
    }
}
