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
        int axis = node.Axis(node.Node.GetInt("axis", 0), data.Length);
        long size = data[axis];
        long[] result = [.. data.Take(axis), .. indices, .. data.Skip(axis + 1)];
        return Binary((x, picked) =>
        {
            using Tensor flat = picked.reshape(-1);
            using Tensor wide = flat.to(ScalarType.Int64);
            CheckRange(node, wide, size);
            using Tensor negative = wide.lt(0);
            using Tensor wrapped = wide.add(size);
            using Tensor counted = where(negative, wrapped, wide);
            using Tensor rows = x.index_select(axis, counted);
            return rows.reshape(result);
        });
    }

    /// <summary>libtorch ends in an error of its own far from the node, so indices are checked before the look-up.</summary>
    private static void CheckRange(NodeContext node, Tensor indices, long size)
    {
        if (indices.numel() == 0)
            return;
        using Tensor lowest = indices.min(), highest = indices.max();
        long low = lowest.item<long>(), high = highest.item<long>();
        if (low < -size || high >= size)
            throw new InvalidInputException($"Node '{node.Node.DisplayName}' (Gather) picks index {(high >= size ? high : low)} from an axis of {size}; give inputs within the axis they index.");
    }

    private static Operation Slice(NodeContext node)
    {
        long[] shape = node.Shape(0);
        long[] starts = node.IntegersOf("starts", input: 1) ?? throw node.Fail("starts are missing");
        long[] ends = node.IntegersOf("ends", input: 2) ?? throw node.Fail("ends are missing");
        long[] axes = node.IntegersOf("axes", input: 3) ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        long[] steps = node.Has(4) ? node.Integers(4) : [.. starts.Select(_ => 1L)];
        node.Require(starts.Length == ends.Length && ends.Length == axes.Length && axes.Length == steps.Length, "starts, ends, axes and steps differ in length");
        node.Require(steps.All(step => step > 0), "only positive steps are supported");
        (int Axis, long Start, long End, long Step)[] cuts = [.. axes.Select((given, i) =>
        {
            int axis = node.Axis(given, shape.Length);
            long start = Clamp(starts[i], shape[axis]);
            return (axis, start, Math.Max(start, Clamp(ends[i], shape[axis])), steps[i]);
        })];
        return Unary(x => Cut(x, cuts));
    }

    private static long Clamp(long index, long size) => Math.Max(0, Math.Min(size, index < 0 ? index + size : index));

    private static Tensor Cut(Tensor x, (int Axis, long Start, long End, long Step)[] cuts)
    {
        Tensor current = x.alias();
        foreach ((int axis, long start, long end, long step) in cuts)
        {
            using Tensor previous = current;
            current = previous.slice(axis, start, end, step);
        }

        return current;
    }
}
