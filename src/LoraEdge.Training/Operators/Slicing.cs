using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Slice, by attributes before opset 10 and by inputs from then on.</summary>
internal static class Slicing
{
    public static void Register(OperatorTable table) => table.Add("Slice", since: 1, Slice);

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
