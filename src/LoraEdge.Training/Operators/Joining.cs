using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Operators that join and split tensors along an axis.</summary>
internal static class Joining
{
    public static void Register(OperatorTable table)
    {
        table.Add("Concat", since: 4, Concat);
        table.Add("Split", since: 2, node => Split(node, uneven: false));
        table.Add("Split", since: 18, node => Split(node, uneven: true));
    }

    private static Operation Concat(NodeContext node)
    {
        long[] first = node.Shape(0);
        node.Require(node.Node.HasAttribute("axis"), "axis is missing");
        int axis = node.Axis(node.Node.GetInt("axis", 0), first.Length);
        long length = first[axis];
        for (int index = 1; index < node.InputCount; index++)
        {
            long[] other = node.Shape(index);
            bool fits = other.Length == first.Length && other.Where((size, at) => at != axis && size != first[at]).Any() is false;
            node.Require(fits && node.Type(index) == node.Type(0), $"input {index} does not fit the first one");
            length += other[axis];
        }

        node.RequireSize(first.Select((size, at) => at == axis ? length : size));
        return inputs => [cat(inputs.Select(input => input!).ToArray(), axis)];
    }

    /// <param name="node">The node.</param>
    /// <param name="uneven">Whether parts of equal size may leave a smaller last one.</param>
    private static Operation Split(NodeContext node, bool uneven)
    {
        long[] shape = node.Shape(0);
        int axis = node.Axis(node.Node.GetInt("axis", 0), shape.Length);
        long[] sizes = node.IntegersOf("split", input: 1) ?? EqualParts(node, shape[axis], uneven);
        node.Require(sizes.All(size => size >= 0 && size <= shape[axis]) && sizes.Sum() == shape[axis], $"the parts do not add up to {shape[axis]}");
        node.Require(sizes.Length == node.Node.Outputs.Count, $"{sizes.Length} parts for {node.Node.Outputs.Count} outputs");
        return inputs => inputs[0]!.split(sizes, axis);
    }

    private static long[] EqualParts(NodeContext node, long size, bool uneven)
    {
        int count = node.Node.Outputs.Count;
        node.Require(node.Node.GetInt("num_outputs", count) == count, $"num_outputs differs from the {count} outputs that are named");
        node.Require(uneven || size % count == 0, $"{size} cannot be split into {count} equal parts");
        long part = (size + count - 1) / count;
        return [.. Enumerable.Range(0, count).Select(index => Math.Max(0, Math.Min(part, size - index * part)))];
    }
}
