using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Reductions over axes: an attribute at first, an input from opset 13 (sum) or 18 (the others) on.</summary>
internal static class Reductions
{
    public static void Register(OperatorTable table)
    {
        table.Add("ReduceSum", since: 1, ByAttribute(ReductionFunctions.Sum));
        table.Add("ReduceSum", since: 13, ByInput(ReductionFunctions.Sum));
        table.Add("ReduceMean", since: 1, ByAttribute(ReductionFunctions.Mean));
        table.Add("ReduceMean", since: 18, ByInput(ReductionFunctions.Mean));
        table.Add("ReduceMax", since: 1, ByAttribute(ReductionFunctions.Max));
        table.Add("ReduceMax", since: 18, ByInput(ReductionFunctions.Max));
        table.Add("ReduceMax", since: 20, ByInput(ReductionFunctions.Max, booleans: true));
        table.Add("ReduceMin", since: 1, ByAttribute(ReductionFunctions.Min));
        table.Add("ReduceMin", since: 18, ByInput(ReductionFunctions.Min));
        table.Add("ReduceMin", since: 20, ByInput(ReductionFunctions.Min, booleans: true));
        table.Add("ReduceProd", since: 1, ByAttribute(ReductionFunctions.Product));
        table.Add("ReduceProd", since: 18, ByInput(ReductionFunctions.Product));
        table.Add("ReduceL1", since: 1, ByAttribute(ReductionFunctions.L1));
        table.Add("ReduceL1", since: 18, ByInput(ReductionFunctions.L1));
        table.Add("ReduceL2", since: 1, ByAttribute(ReductionFunctions.L2));
        table.Add("ReduceL2", since: 18, ByInput(ReductionFunctions.L2));
        table.Add("ReduceLogSum", since: 1, ByAttribute(ReductionFunctions.LogSum));
        table.Add("ReduceLogSum", since: 18, ByInput(ReductionFunctions.LogSum));
        table.Add("ReduceLogSumExp", since: 1, ByAttribute(ReductionFunctions.LogSumExp));
        table.Add("ReduceLogSumExp", since: 18, ByInput(ReductionFunctions.LogSumExp));
        table.Add("ReduceSumSquare", since: 1, ByAttribute(ReductionFunctions.SumSquare));
        table.Add("ReduceSumSquare", since: 18, ByInput(ReductionFunctions.SumSquare));
    }

    private static OperatorBuilder ByAttribute(Reduction reduce) => node =>
    {
        node.RequireNumbers(0);
        return Over(node, reduce, [.. node.Node.GetInts("axes") ?? []]);
    };

    private static OperatorBuilder ByInput(Reduction reduce, bool booleans = false) => node =>
    {
        if (!booleans)
            node.RequireNumbers(0);
        long[] axes = node.Has(1) ? node.Integers(1) : [];
        return axes.Length == 0 && node.Node.GetInt("noop_with_empty_axes", 0) != 0 ? OfEachElement(reduce, node.Rank(0)) : Over(node, reduce, axes);
    };

    private static Operation Over(NodeContext node, Reduction reduce, long[] given)
    {
        bool keep = node.Node.GetInt("keepdims", 1) != 0;
        int rank = node.Rank(0);
        long[] axes = given.Length == 0
            ? [.. Enumerable.Range(0, rank).Select(axis => (long)axis)]
            : [.. given.Select(axis => (long)node.Axis(axis, rank))];
        node.Require(axes.Distinct().Count() == axes.Length, "an axis is named twice");
        if (reduce == ReductionFunctions.Mean && is_integral(node.Type(0)))
            node.Require(axes.All(axis => node.Shape(0)[axis] > 0), "integers without elements have no mean");
        return rank > 0 ? Unary(x => reduce(x, axes, keep)) : OfEachElement(reduce, rank);
    }

    /// <summary>Without an axis a sum of squares still squares, and a logarithm of a sum is still a logarithm.</summary>
    private static Operation OfEachElement(Reduction reduce, int rank) => Unary(x =>
    {
        using Tensor single = x.unsqueeze(-1);
        return reduce(single, [rank], false);
    });
}
