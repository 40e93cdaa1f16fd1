using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Reductions over axes: an attribute at first, an input from opset 13 (sum) or 18 (the others) on.</summary>
internal static class Reductions
{
    public static void Register(OperatorTable table)
    {
        table.Add("ReduceMean", since: 1, Over((x, axes, keep) => x.mean(axes, keep), floatsOnly: true));
        table.Add("ReduceSum", since: 1, Over((x, axes, keep) => x.sum(axes, keep, x.dtype)));
    }

    private static OperatorBuilder Over(Func<Tensor, long[], bool, Tensor> reduce, bool floatsOnly = false) => node =>
    {
        if (floatsOnly)
            node.RequireFloats(0);
        bool keep = node.Node.GetInt("keepdims", 1) != 0;
        long[] given = node.IntegersOf("axes", input: 1) ?? [];
        if (given.Length == 0 && node.Node.GetInt("noop_with_empty_axes", 0) != 0)
            return Unary(x => x.alias());
        int rank = node.Rank(0);
        long[] axes = given.Length == 0
            ? [.. Enumerable.Range(0, rank).Select(axis => (long)axis)]
            : [.. given.Select(axis => (long)node.Axis(axis, rank))];
        node.Require(axes.Distinct().Count() == axes.Length, "an axis is named twice");
        return axes.Length == 0 ? Unary(x => x.alias()) : Unary(x => reduce(x, axes, keep));
    };
}
