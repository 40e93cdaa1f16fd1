using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>ArgMax and ArgMin: the first position of the extreme, or from opset 12 on the last one where asked for.</summary>
internal static class ArgReductions
{
    public static void Register(OperatorTable table)
    {
        table.Add("ArgMax", since: 1, Over((x, axis, keep) => x.argmax(axis, keep)));
        table.Add("ArgMin", since: 1, Over((x, axis, keep) => x.argmin(axis, keep)));
    }

    private static OperatorBuilder Over(Func<Tensor, long, bool, Tensor> find) => node =>
    {
        node.RequireNumbers(0);
        int axis = node.Axis(node.Node.GetInt("axis", 0), node.Rank(0));
        long size = node.Shape(0)[axis];
        node.Require(size > 0, $"axis {axis} has no elements to choose from");
        bool keep = node.Node.GetInt("keepdims", 1) != 0;
        if (node.Node.GetInt("select_last_index", 0) == 0)
            return Unary(x => find(x, axis, keep));
        return Unary(x =>
        {
            using Tensor turned = x.flip(axis), fromEnd = find(turned, axis, keep), back = fromEnd.neg();
            return back.add(Number.Of(size - 1), Number.One);
        });
    };
}
