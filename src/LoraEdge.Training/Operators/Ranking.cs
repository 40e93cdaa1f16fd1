using LoraEdge.Training.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>TopK. How many is an attribute before opset 10 and an input from then on; from opset 11 on the smallest can be asked for.</summary>
internal static class Ranking
{
    public static void Register(OperatorTable table)
    {
        table.Add("TopK", since: 1, node => TopK(node, node.Node.GetInt("k", -1)));
        table.Add("TopK", since: 10, node => TopK(node, node.Number(1)));
    }

    private static Operation TopK(NodeContext node, long count)
    {
        long[] shape = node.Shape(0);
        int axis = node.Axis(node.Node.GetInt("axis", -1), shape.Length);
        bool largest = node.Node.GetInt("largest", 1) != 0;
        node.Require(node.Type(0) != ScalarType.Bool, "truth values have no order");
        node.Require(count >= 0 && count <= shape[axis], $"k = {count} of an axis of {shape[axis]}");
        return inputs =>
        {
            // A stable sort and not libtorch's topk: of equal elements ONNX wants the one in front.
            (Tensor values, Tensor indices) = inputs[0]!.sort(axis, largest, stable: true);
            using Tensor sorted = values, order = indices;
            return [sorted.narrow(axis, 0, count), order.narrow(axis, 0, count)];
        };
    }
}
