using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Operators that pick parts of a tensor.</summary>
internal static class Slicing
{
    public static void Register(OperatorTable table)
    {
        table.Add("Gather", since: 1, Gather);
        table.Add("Slice", since: 1, Slice);
    }

    private static Operation Gather(NodeContext node)
    {
        long[] data = node.Shape(0), indices = node.Shape(1);
        node.Require(node.Type(1) is ScalarType.Int64 or ScalarType.Int32, "indices must be int64 or int32");
        int axis = node.Axis(node.Node.GetInt("axis", 0), data.Length);
        long size = data[axis];
        if (node.Constant(1) is not null && indices.Length == 0)
            return Select(node, axis, size);
        long[] result = [.. data.Take(axis), .. indices, .. data.Skip(axis + 1)];
        return Binary((x, picked) =>
        {
            using Tensor flat = picked.reshape(-1), wide = flat.to(ScalarType.Int64);
            RequireRange(node, wide, size);
            using Tensor counted = wide.remainder(size), rows = x.index_select(axis, counted);
            return rows.reshape(result);
        });
    }

    /// <summary>One fixed position is a view: no copy, and a cheap backward.</summary>
    private static Operation Select(NodeContext node, int axis, long size)
    {
        long position = node.Integers(1)[0];
        node.Require(position >= -size && position < size, $"index {position} is outside an axis of {size}");
        return Unary(x => x.select(axis, position));
    }

    /// <summary>libtorch ends in an error of its own far from the node, so indices are checked before the look-up.</summary>
    /// <param name="node">The node, for the message.</param>
    /// <param name="indices">The indices, int64.</param>
    /// <param name="size">Size of the axis that they index.</param>
    /// <param name="low">The lowest index allowed; null where negative ones count from the end.</param>
    public static void RequireRange(NodeContext node, Tensor indices, long size, long? low = null)
    {
        if (indices.numel() == 0)
            return;
        using Tensor lowest = indices.min(), highest = indices.max();
        long least = lowest.item<long>(), most = highest.item<long>();
        if (least < (low ?? -size) || most >= size)
            throw new InvalidInputException($"Node '{node.Node.DisplayName}' ({node.Node.OpType}) picks index {(most >= size ? most : least)} from an axis of {size}; give inputs within the axis they index.");
    }

    private static Operation Slice(NodeContext node)
    {
        long[] shape = node.Shape(0);
        long[] starts = node.IntegersOf("starts", input: 1) ?? throw node.Fail("starts are missing");
        long[] ends = node.IntegersOf("ends", input: 2) ?? throw node.Fail("ends are missing");
        long[] axes = node.IntegersOf("axes", input: 3) ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        long[] steps = node.Has(4) ? node.Integers(4) : [.. starts.Select(_ => 1L)];
        node.Require(starts.Length == ends.Length && ends.Length == axes.Length && axes.Length == steps.Length, "starts, ends, axes and steps differ in length");
        node.Require(steps.All(step => step != 0), "a step is 0");
        SliceRange[] ranges = [.. axes.Select((given, i) =>
        {
            int axis = node.Axis(given, shape.Length);
            return SliceRange.Of(axis, shape[axis], starts[i], ends[i], steps[i]);
        })];
        node.Require(ranges.Select(range => range.Axis).Distinct().Count() == ranges.Length, "an axis is named twice");
        return Unary(x => Cut(x, ranges));
    }

    private static Tensor Cut(Tensor x, SliceRange[] ranges)
    {
        Tensor current = x.alias();
        foreach (SliceRange range in ranges)
        {
            using Tensor previous = current;
            current = range.Cut(previous);
        }

        return current;
    }
}
