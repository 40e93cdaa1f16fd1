using LoraEdge.Training.Execution;
using TorchSharp;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Operators that pick elements by their own values or by a mask, so that the values decide how many there are.</summary>
internal static class Selecting
{
    public static void Register(OperatorTable table)
    {
        table.Add("NonZero", since: 9, NonZero);
        table.Add("Compress", since: 9, Compress);
    }

    private static Operation NonZero(NodeContext node)
    {
        int rank = node.Rank(0);
        node.ShapeDependsOn(0);
        return Unary(x =>
        {
            // A number alone counts as a list of one.
            using Tensor listed = rank == 0 ? x.reshape(1) : x.alias(), places = listed.nonzero();
            return places.t();
        });
    }

    private static Operation Compress(NodeContext node)
    {
        long[] shape = node.Shape(0);
        node.Require(node.Type(1) == ScalarType.Bool && node.Rank(1) == 1, "the condition must be a list of truth values");
        bool flat = !node.Node.HasAttribute("axis");
        int axis = flat ? 0 : node.Axis(node.Node.GetInt("axis", 0), shape.Length);
        long size = flat ? shape.Aggregate(1L, (product, next) => product * next) : shape[axis];
        long judged = Math.Min(size, node.Shape(1)[0]);
        node.ShapeDependsOn(1);
        return Binary((x, condition) =>
        {
            using Tensor mask = condition.narrow(0, 0, judged), places = mask.nonzero(), kept = places.select(1, 0);
            using Tensor source = flat ? x.reshape(size) : x.alias();
            return source.index_select(axis, kept);
        });
    }
}
