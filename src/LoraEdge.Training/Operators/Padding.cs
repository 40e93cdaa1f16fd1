using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Pad and CenterCropPad. Negative counts crop; whatever is repeated is taken from what remains.</summary>
internal static class Padding
{
    public static void Register(OperatorTable table)
    {
        table.Add("Pad", since: 2, node => Pad(node, node.Node.GetFloat("value", 0)), Objection);
        table.Add("Pad", since: 11, node => Pad(node, Value(node)), Objection);
        table.Add("CenterCropPad", since: 18, CenterCropPad);
    }

    private static Operation Pad(NodeContext node, double value)
    {
        long[] shape = node.Shape(0), counts = node.IntegersOf("pads", input: 1) ?? throw node.Fail("pads are missing");
        int[] axes = Axes(node, node.Has(3) ? node.Integers(3) : null);
        node.Require(counts.Length == 2 * axes.Length, $"{counts.Length} pads for {axes.Length} axes");
        (long[] before, long[] after) = (new long[shape.Length], new long[shape.Length]);
        for (int i = 0; i < axes.Length; i++)
            (before[axes[i]], after[axes[i]]) = (counts[i], counts[axes.Length + i]);
        string mode = node.Node.GetString("mode", "constant");
        return Prepare(node, before, after, mode, value);
    }

    private static Operation CenterCropPad(NodeContext node)
    {
        long[] shape = node.Shape(0), wanted = node.Integers(1);
        int[] axes = Axes(node, node.Node.GetInts("axes") is { } given ? [.. given] : null);
        node.Require(wanted.Length == axes.Length, $"{wanted.Length} sizes for {axes.Length} axes");
        (long[] before, long[] after) = (new long[shape.Length], new long[shape.Length]);
        foreach ((int axis, long size) in axes.Zip(wanted, (axis, size) => (axis, size)))
        {
            node.Require(size >= 0, $"the size {size} is not valid");
            // The odd element goes to the end, when cropping and when padding: both divisions round towards zero.
            before[axis] = (size - shape[axis]) / 2;
            after[axis] = size - shape[axis] - before[axis];
        }

        return Prepare(node, before, after, "constant", 0);
    }

    private static Operation Prepare(NodeContext node, long[] before, long[] after, string mode, double value)
    {
        long[] shape = node.Shape(0);
        node.Require(before.Concat(after).All(count => Math.Abs((double)count) <= NodeContext.MaxElements), "a number of elements is out of range");
        long[] kept = [.. shape.Select((size, axis) => size + Math.Min(0, before[axis]) + Math.Min(0, after[axis]))];
        node.Require(kept.All(size => size >= 0), "more is cropped than there is");
        node.RequireSize(shape.Select((size, axis) => size + before[axis] + after[axis]));
        if (shape.Length == 0)
            return Unary(x => x.alias());
        if (mode == "constant")
            return Unary(x => Borders.Add(x, before, after, value));
        node.Require(kept.Select((size, axis) => size > 0 || (before[axis] <= 0 && after[axis] <= 0)).All(fits => fits), "an empty axis has nothing to repeat");
        (int Axis, long[] Sources)[] repeated =
        [
            .. Enumerable.Range(0, shape.Length).Where(axis => before[axis] != 0 || after[axis] != 0)
                .Select(axis => (axis, Sources(mode, kept[axis], before[axis], after[axis]))),
        ];
        return Unary(x => Repeat(x, repeated));
    }

    /// <summary>The element that stands at each place of a padded axis.</summary>
    private static long[] Sources(string mode, long kept, long before, long after)
    {
        long cropped = Math.Max(0, -before), front = Math.Max(0, before), count = kept + front + Math.Max(0, after);
        var sources = new long[count];
        for (long place = 0; place < count; place++)
            sources[place] = cropped + Source(mode, place - front, kept);
        return sources;
    }

    private static long Source(string mode, long position, long size)
    {
        if (mode == "edge")
            return Math.Max(0, Math.Min(size - 1, position));
        // Wrapping repeats the axis; reflecting repeats it there and back, without the end elements twice.
        long period = mode == "wrap" ? size : Math.Max(1, 2 * (size - 1)), within = (position % period + period) % period;
        return Math.Min(within, mode == "wrap" ? within : period - within);
    }

    private static Tensor Repeat(Tensor x, (int Axis, long[] Sources)[] repeated)
    {
        Tensor current = x.alias();
        foreach ((int axis, long[] sources) in repeated)
        {
            using Tensor previous = current, indices = tensor(sources, device: x.device);
            current = previous.index_select(axis, indices);
        }

        return current;
    }

    private static int[] Axes(NodeContext node, long[]? given)
    {
        int rank = node.Rank(0);
        int[] axes = given is null ? [.. Enumerable.Range(0, rank)] : [.. given.Select(axis => node.Axis(axis, rank))];
        node.Require(axes.Distinct().Count() == axes.Length, "an axis is named twice");
        return axes;
    }

    private static double Value(NodeContext node)
    {
        if (!node.Has(2))
            return 0;
        node.RequireSameType(0, 2);
        node.Require(node.Shape(2).All(size => size == 1), "the value must be a single number");
        using Tensor wide = node.Value(2).to(ScalarType.Float64);
        return wide.item<double>();
    }

    private static string? Objection(OnnxNode node) =>
        node.GetString("mode", "constant") is "constant" or "reflect" or "edge" or "wrap" ? null : "the mode is not one of constant, reflect, edge and wrap";
}
