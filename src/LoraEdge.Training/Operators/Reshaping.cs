using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;

namespace LoraEdge.Training.Operators;

/// <summary>Operators that give the same elements another shape. Axes are attributes at first and inputs from opset 13 on.</summary>
internal static class Reshaping
{
    public static void Register(OperatorTable table)
    {
        table.Add("Reshape", since: 1, Reshape);
        table.Add("Flatten", since: 1, Flatten);
        table.Add("Squeeze", since: 1, Squeeze);
        table.Add("Unsqueeze", since: 1, Unsqueeze);
    }

    private static Operation Reshape(NodeContext node)
    {
        long[] from = node.Shape(0), to = node.IntegersOf("shape", input: 1) ?? throw node.Fail("the new shape is missing");
        bool copyZeros = node.Node.GetInt("allowzero", 0) == 0;
        for (int axis = 0; axis < to.Length; axis++)
        {
            if (to[axis] != 0 || !copyZeros)
                continue;
            node.Require(axis < from.Length, $"size 0 at axis {axis} copies an axis that the input lacks");
            to[axis] = from[axis];
        }

        node.Require(to.All(size => size >= -1) && to.Count(size => size == -1) <= 1, "the new shape is not valid");
        long count = Count(from), known = Count(node.RequireSize(to.Where(size => size != -1)));
        int open = Array.IndexOf(to, -1L);
        if (open >= 0)
        {
            node.Require(known > 0 && count % known == 0, $"{count} elements cannot take the shape [{string.Join(",", to)}]");
            to[open] = count / known;
        }

        node.Require(Count(to) == count, $"{count} elements cannot take the shape [{string.Join(",", to)}]");
        return Unary(x => x.reshape(to));
    }

    private static Operation Flatten(NodeContext node)
    {
        long[] shape = node.Shape(0);
        long axis = node.Node.GetInt("axis", 1);
        axis = axis < 0 ? axis + shape.Length : axis;
        node.Require(axis >= 0 && axis <= shape.Length, "axis is outside the tensor");
        long rows = Count(node.RequireSize(shape.Take((int)axis))), columns = Count(node.RequireSize(shape.Skip((int)axis)));
        return Unary(x => x.reshape(rows, columns));
    }

    private static Operation Squeeze(NodeContext node)
    {
        long[] shape = node.Shape(0);
        long[]? given = node.IntegersOf("axes", input: 1);
        // No axes at all are the same as none given, in ONNX Runtime.
        HashSet<int> axes = given is null or { Length: 0 }
            ? [.. Enumerable.Range(0, shape.Length).Where(axis => shape[axis] == 1)]
            : [.. given.Select(axis => node.Axis(axis, shape.Length))];
        node.Require(axes.All(axis => shape[axis] == 1), "only axes of size 1 can be squeezed");
        long[] result = [.. shape.Where((_, axis) => !axes.Contains(axis))];
        return Unary(x => x.reshape(result));
    }

    private static Operation Unsqueeze(NodeContext node)
    {
        long[] given = node.IntegersOf("axes", input: 1) ?? throw node.Fail("axes are missing");
        int rank = node.Rank(0) + given.Length;
        HashSet<int> axes = [.. given.Select(axis => node.Axis(axis, rank))];
        node.Require(axes.Count == given.Length, "an axis is named twice");
        var rest = new Queue<long>(node.Shape(0));
        long[] result = node.RequireSize(Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? 1 : rest.Dequeue()));
        return Unary(x => x.reshape(result));
    }

    private static long Count(IEnumerable<long> sizes) => sizes.Aggregate(1L, (product, size) => product * size);
}
