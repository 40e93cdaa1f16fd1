using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Operators that put updates into a copy of the data, at places given by indices.</summary>
internal static class Scattering
{
    public static void Register(OperatorTable table)
    {
        table.Add("Scatter", since: 9, ScatterElements);
        table.Add("ScatterElements", since: 11, ScatterElements, ObjectionToReduction);
        table.Add("ScatterND", since: 11, ScatterND, ObjectionToReduction);
    }

    private static Operation ScatterElements(NodeContext node)
    {
        long[] data = node.Shape(0), indices = node.Shape(1);
        IndexRange.RequireIndices(node, 1);
        node.RequireSameType(0, 2);
        int axis = node.Axis(node.Node.GetInt("axis", 0), data.Length);
        node.Require(indices.Length == data.Length && indices.SequenceEqual(node.Shape(2)), "indices and updates must have one shape, with as many axes as the data");
        node.Require(!indices.Where((size, at) => at != axis && size > data[at]).Any(), "the indices reach beyond the data beside the axis they index");
        if (indices.Contains(0))
            return Unary(x => x.alias());
        string reduction = ReductionOf(node.Node);
        return inputs =>
        {
            (Tensor x, Tensor updates) = (inputs[0]!, inputs[2]!);
            using Tensor counted = IndexRange.Counted(node, 1, inputs[1]!, data[axis]);
            if (reduction == "none")
                return [x.scatter(axis, counted, updates)];
            if (reduction == "add")
                return [x.scatter_add(axis, counted, updates)];
            using Tensor places = IndexTuples.Places(counted, axis, data), flat = places.reshape(updates.numel());
            using Tensor column = x.reshape(x.numel(), 1), changes = updates.reshape(updates.numel(), 1);
            using Tensor combined = RowUpdates.Combine(column, flat, changes, FunctionOf(reduction));
            return [combined.reshape(data)];
        };
    }

    private static Operation ScatterND(NodeContext node)
    {
        long[] data = node.Shape(0), indices = node.Shape(1);
        IndexRange.RequireIndices(node, 1);
        node.RequireSameType(0, 2);
        node.Require(data.Length > 0 && indices.Length > 0, "data and indices must have an axis");
        long width = indices[^1];
        node.Require(width >= 1 && width <= data.Length, $"tuples of {width} indices do not fit the data");
        node.Require(node.Shape(2).SequenceEqual(indices.Take(indices.Length - 1).Concat(data.Skip((int)width))), "the updates do not fit indices and data");
        long[] indexed = [.. data.Take((int)width)];
        long rows = Count(indexed), elements = Count(data.Skip((int)width)), tuples = Count(indices.Take(indices.Length - 1));
        if (tuples == 0)
            return Unary(x => x.alias());
        string reduction = ReductionOf(node.Node);
        return inputs =>
        {
            using Tensor matrix = inputs[0]!.reshape(rows, elements), changes = inputs[2]!.reshape(tuples, elements);
            using Tensor picked = inputs[1]!.reshape(tuples, width), at = IndexTuples.Rows(node, 1, picked, indexed);
            using Tensor changed = reduction switch
            {
                "none" => matrix.index_copy(0, at, changes),
                "add" => matrix.index_add(0, at, changes, Number.One),
                _ => RowUpdates.Combine(matrix, at, changes, FunctionOf(reduction)),
            };
            return [changed.reshape(data)];
        };
    }

    private static string ReductionOf(OnnxNode node) => node.GetString("reduction", "none");

    private static Func<Tensor, Tensor, Tensor> FunctionOf(string reduction) => reduction switch
    {
        "mul" => (a, b) => a.mul(b),
        "min" => (a, b) => a.minimum(b),
        _ => (a, b) => a.maximum(b),
    };

    private static string? ObjectionToReduction(OnnxNode node) =>
        ReductionOf(node) is "none" or "add" or "mul" or "min" or "max" ? null : $"the reduction '{ReductionOf(node)}' is not supported";

    private static long Count(IEnumerable<long> sizes) => sizes.Aggregate(1L, (product, size) => product * size);
}
