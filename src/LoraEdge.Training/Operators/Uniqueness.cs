using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Unique: the distinct elements, or slices along an axis, with first positions, the way back, and counts.</summary>
internal static class Uniqueness
{
    public static void Register(OperatorTable table) => table.Add("Unique", since: 11, Unique);

    private static Operation Unique(NodeContext node)
    {
        long[] shape = node.Shape(0);
        bool flat = !node.Node.HasAttribute("axis"), sorted = node.Node.GetInt("sorted", 1) != 0;
        int axis = flat ? 0 : node.Axis(node.Node.GetInt("axis", 0), shape.Length);
        long count = shape.Aggregate(1L, (product, size) => product * size);
        node.Require(flat || count > 0, "slices without elements cannot be compared");
        node.ShapeDependsOn(0);
        return inputs =>
        {
            using Tensor source = flat ? inputs[0]!.reshape(count) : inputs[0]!.alias();
            (Tensor distinct, Tensor? inverse, Tensor? counts) = source.unique(sorted: true, return_inverse: true, return_counts: true, dim: flat ? null : axis);
            using Tensor way = inverse!, numbers = counts!;
            distinct.Dispose();
            using Tensor first = FirstPositions(way, numbers);
            using Tensor order = sorted ? Counting.Below(first.numel(), ScalarType.Int64, first.device) : first.argsort();
            using Tensor rank = order.argsort();
            Tensor positions = first.index_select(0, order);
            // Looked up rather than taken from libtorch's result, so that gradients reach the elements.
            return [source.index_select(axis, positions), positions, rank.index_select(0, way), numbers.index_select(0, order)];
        };
    }

    /// <summary>Where each distinct element occurs first.</summary>
    private static Tensor FirstPositions(Tensor inverse, Tensor counts)
    {
        (Tensor grouped, Tensor order) = inverse.sort(0, descending: false, stable: true);
        grouped.Dispose();
        using Tensor positions = order, ends = counts.cumsum(0), starts = ends.sub(counts);
        return positions.index_select(0, starts);
    }
}
