using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Operators that join and split tensors along an axis.</summary>
internal static class Joining
{
    public static void Register(OperatorTable table)
    {
        table.Add("Concat", since: 4, Concat);
        table.Add("Split", since: 2, Split);
    }

    private static Operation Concat(NodeContext node)
    {
        long[] first = node.Shape(0);
        int axis = node.Axis(node.Node.GetInt("axis", 0), first.Length);
        for (int index = 1; index < node.InputCount; index++)
        {
            long[] other = node.Shape(index);
            bool fits = other.Length == first.Length && other.Where((size, at) => at != axis && size != first[at]).Any() is false;
            node.Require(fits && node.Type(index) == node.Type(0), $"input {index} does not fit the first one");
        }

        return inputs => [cat(inputs.Select(input => input!).ToArray(), axis)];
    }

    private static Operation Split(NodeContext node)
    {
        long[] shape = node.Shape(0);
        int axis = node.Axis(node.Node.GetInt("axis", 0), shape.Length);
        long[] sizes = node.IntegersOf("split", input: 1) ?? EqualParts(node, shape[axis]);
        node.Require(sizes.All(size => size >= 0) && sizes.Sum() == shape[axis], $"the parts do not add up to {shape[axis]}");
        node.Require(sizes.Length == node.Node.Outputs.Count, $"{sizes.Length} parts for {node.Node.Outputs.Count} outputs");
        return inputs => inputs[0]!.split(sizes, axis);
    }

    private static long[] EqualParts(NodeContext node, long size)
    {
        int count = node.Node.Outputs.Count;
        node.Require(node.Node.GetInt("num_outputs", count) == count, $"num_outputs differs from the {count} outputs that are named");
        node.Require(node.Opset >= 18 || size % count == 0, $"{size} cannot be split into {count} equal parts");
        // Opset 18: all parts equal but the last, which may be smaller.
        long part = (size + count - 1) / count;
        return [.. Enumerable.Range(0, count).Select(index => Math.Max(0, Math.Min(part, size - index * part)))];
    }
}
