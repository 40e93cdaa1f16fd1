using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Operators that change the shape and not the values.</summary>
internal static class Shapes
{
    public static void Register(OperatorTable table)
    {
        table.Add("Shape", since: 1, Shape);
        table.Add("Reshape", since: 5, Reshape);
        table.Add("Transpose", since: 1, Transpose);
        table.Add("Flatten", since: 1, Flatten);
        table.Add("Squeeze", since: 1, Squeeze);
        table.Add("Unsqueeze", since: 1, Unsqueeze);
        table.Add("Expand", since: 8, Expand);
        table.Add("Identity", since: 1, Simply(x => x.alias()));
    }

    private static Operation Shape(NodeContext node)
    {
        long[] shape = node.Shape(0);
        long start = Clamp(node.Node.GetInt("start", 0), shape.Length), end = Clamp(node.Node.GetInt("end", shape.Length), shape.Length);
        long[] part = start < end ? [.. shape.Skip((int)start).Take((int)(end - start))] : [];
        node.DependsOnShapesOnly = true;
        return _ => [tensor(part)];
    }

    private static long Clamp(long index, int rank) => Math.Max(0, Math.Min(rank, index < 0 ? index + rank : index));

    private static Operation Reshape(NodeContext node)
    {
        long[] from = node.Shape(0), to = node.Integers(1);
        bool copyZeros = node.Node.GetInt("allowzero", 0) == 0;
        for (int axis = 0; axis < to.Length; axis++)
        {
            if (to[axis] != 0 || !copyZeros)
                continue;
            node.Require(axis < from.Length, $"size 0 at axis {axis} copies an axis that the input lacks");
            to[axis] = from[axis];
        }

        long count = Count(from), known = to.Where(size => size != -1).Aggregate(1L, (product, size) => product * size);
        node.Require(to.All(size => size >= -1) && to.Count(size => size == -1) <= 1, "the new shape is not valid");
        int open = Array.IndexOf(to, -1L);
        if (open >= 0)
        {
            node.Require(known > 0 && count % known == 0, $"{count} elements cannot take the shape [{string.Join(",", to)}]");
            to[open] = count / known;
        }

        node.Require(Count(to) == count, $"{count} elements cannot take the shape [{string.Join(",", to)}]");
        return Unary(x => x.reshape(to));
    }

    private static Operation Transpose(NodeContext node)
    {
        int rank = node.Rank(0);
        long[] order = node.Node.GetInts("perm") is { } given ? [.. given] : [.. Enumerable.Range(0, rank).Reverse().Select(axis => (long)axis)];
        node.Require(order.OrderBy(axis => axis).SequenceEqual(Enumerable.Range(0, rank).Select(axis => (long)axis)), "perm is not a permutation of the axes");
        return rank == 0 ? Unary(x => x.alias()) : Unary(x => x.permute(order));
    }

    private static Operation Flatten(NodeContext node)
    {
        long[] shape = node.Shape(0);
        long axis = node.Node.GetInt("axis", 1);
        axis = axis < 0 ? axis + shape.Length : axis;
        node.Require(axis >= 0 && axis <= shape.Length, "axis is outside the tensor");
        long rows = Count(shape.Take((int)axis)), columns = Count(shape.Skip((int)axis));
        return Unary(x => x.reshape(rows, columns));
    }

    private static Operation Squeeze(NodeContext node)
    {
        long[] shape = node.Shape(0);
        long[]? given = node.IntegersOf("axes", input: 1);
        HashSet<int> axes = given is null
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
        long[] result = [.. Enumerable.Range(0, rank).Select(axis => axes.Contains(axis) ? 1 : rest.Dequeue())];
        return Unary(x => x.reshape(result));
    }

    private static Operation Expand(NodeContext node)
    {
        long[] from = node.Shape(0), asked = node.Integers(1);
        int rank = Math.Max(from.Length, asked.Length);
        var to = new long[rank];
        for (int back = 1; back <= rank; back++)
        {
            long have = back <= from.Length ? from[^back] : 1, want = back <= asked.Length ? asked[^back] : 1;
            node.Require(want >= 0 && (have == want || have == 1 || want == 1), "the shapes cannot be broadcast together");
            to[rank - back] = want == 1 ? have : want;
        }

        return Unary(x => x.expand(to));
    }

    private static long Count(IEnumerable<long> sizes) => sizes.Aggregate(1L, (product, size) => checked(product * size));
}
