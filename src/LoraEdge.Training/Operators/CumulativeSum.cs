using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>CumSum: running sums along an axis, in either direction, with or without the element itself.</summary>
internal static class CumulativeSum
{
    public static void Register(OperatorTable table) => table.Add("CumSum", since: 11, CumSum);

    private static Operation CumSum(NodeContext node)
    {
        node.RequireNumbers(0);
        long[] axes = node.Integers(1);
        node.Require(axes.Length == 1, "axis must be a single number");
        int axis = node.Axis(axes[0], node.Rank(0));
        bool exclusive = node.Node.GetInt("exclusive", 0) != 0, reverse = node.Node.GetInt("reverse", 0) != 0;
        Func<Tensor, Tensor> sum = exclusive ? x => Exclusive(x, axis) : x => x.cumsum(axis, x.dtype);
        return Unary(reverse ? x => Turned(x, axis, sum) : sum);
    }

    private static Tensor Turned(Tensor x, int axis, Func<Tensor, Tensor> sum)
    {
        using Tensor turned = x.flip(axis), sums = sum(turned);
        return sums.flip(axis);
    }

    /// <summary>Sums of all but the last element, behind a zero: subtracting the element would round.</summary>
    private static Tensor Exclusive(Tensor x, int axis)
    {
        long size = x.shape[axis];
        if (size == 0)
            return x.alias();
        using Tensor head = x.narrow(axis, 0, size - 1), sums = head.cumsum(axis, x.dtype), first = x.narrow(axis, 0, 1), zero = zeros_like(first);
        return cat([zero, sums], axis);
    }
}
