using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Softmax, LogSoftmax and Hardmax. Before opset 13 the axes from <c>axis</c> on are normalised together, as one row.
/// </summary>
internal static class SoftmaxFamily
{
    public static void Register(OperatorTable table)
    {
        table.Add("Softmax", since: 1, node => OverFlattened(node, (x, axis) => nn.functional.softmax(x, axis)));
        table.Add("Softmax", since: 13, node => OverAxis(node, (x, axis) => nn.functional.softmax(x, axis)));
        table.Add("LogSoftmax", since: 1, node => OverFlattened(node, (x, axis) => nn.functional.log_softmax(x, axis)));
        table.Add("LogSoftmax", since: 13, node => OverAxis(node, (x, axis) => nn.functional.log_softmax(x, axis)));
        table.Add("Hardmax", since: 1, node => OverFlattened(node, Hardmax));
        table.Add("Hardmax", since: 13, node => OverAxis(node, Hardmax));
    }

    /// <summary>The Softmax of a tensor by the rules of the node's opset.</summary>
    /// <param name="node">The node, for its opset and messages.</param>
    /// <param name="shape">Shape of the tensor.</param>
    /// <param name="axis">The axis.</param>
    public static Func<Tensor, Tensor> Softmax(NodeContext node, long[] shape, long axis)
    {
        int counted = node.Axis(axis, shape.Length);
        return node.Opset >= 13 ? x => nn.functional.softmax(x, counted) : x => OfRows(x, shape, counted, (rows, at) => nn.functional.softmax(rows, at));
    }

    private static Operation OverAxis(NodeContext node, Func<Tensor, long, Tensor> function)
    {
        node.RequireFloats(0);
        int axis = node.Axis(node.Node.GetInt("axis", -1), node.Rank(0));
        return Unary(x => function(x, axis));
    }

    private static Operation OverFlattened(NodeContext node, Func<Tensor, long, Tensor> function)
    {
        node.RequireFloats(0);
        long[] shape = node.Shape(0);
        int axis = node.Axis(node.Node.GetInt("axis", 1), shape.Length);
        return Unary(x => OfRows(x, shape, axis, function));
    }

    private static Tensor OfRows(Tensor x, long[] shape, int axis, Func<Tensor, long, Tensor> function)
    {
        long rows = shape.Take(axis).Aggregate(1L, (product, size) => product * size);
        long columns = shape.Skip(axis).Aggregate(1L, (product, size) => product * size);
        using Tensor flat = x.reshape(rows, columns);
        using Tensor result = function(flat, 1);
        return result.reshape(shape);
    }

    /// <summary>1 at the first of the largest elements, 0 elsewhere.</summary>
    private static Tensor Hardmax(Tensor x, long axis)
    {
        Tensor result = zeros_like(x);
        if (x.numel() == 0)
            return result;
        using (result)
        using (Tensor position = x.argmax(axis, keepdim: true), one = ones(position.shape, x.dtype, x.device))
            return result.scatter(axis, position, one);
    }
}
