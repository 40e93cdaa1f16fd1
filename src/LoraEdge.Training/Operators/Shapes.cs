using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Operators that ask for a shape, and those that leave values and their number alone.</summary>
internal static class Shapes
{
    public static void Register(OperatorTable table)
    {
        table.Add("Shape", since: 1, Shape);
        table.Add("Size", since: 1, Size);
        table.Add("Transpose", since: 1, Transpose);
        table.Add("Identity", since: 1, Simply(x => x.alias()));
    }

    private static Operation Shape(NodeContext node)
    {
        long[] shape = node.Shape(0);
        long start = Clamp(node.Node.GetInt("start", 0), shape.Length), end = Clamp(node.Node.GetInt("end", shape.Length), shape.Length);
        long[] part = start < end ? [.. shape.Skip((int)start).Take((int)(end - start))] : [];
        node.DependsOnShapesOnly = true;
        return _ => [tensor(part, device: node.Device)];
    }

    private static long Clamp(long index, int rank) => Math.Max(0, Math.Min(rank, index < 0 ? index + rank : index));

    private static Operation Size(NodeContext node)
    {
        long count = node.Shape(0).Aggregate(1L, (product, size) => product * size);
        node.DependsOnShapesOnly = true;
        return _ => [tensor(count, device: node.Device)];
    }

    private static Operation Transpose(NodeContext node)
    {
        int rank = node.Rank(0);
        long[] order = node.Node.GetInts("perm") is { } given ? [.. given] : [.. Enumerable.Range(0, rank).Reverse().Select(axis => (long)axis)];
        node.Require(order.OrderBy(axis => axis).SequenceEqual(Enumerable.Range(0, rank).Select(axis => (long)axis)), "perm is not a permutation of the axes");
        return rank == 0 ? Unary(x => x.alias()) : Unary(x => x.permute(order));
    }
}
