using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Operators that look elements up by indices.</summary>
internal static class Gathering
{
    public static void Register(OperatorTable table)
    {
        table.Add("Gather", since: 1, Gather);
        table.Add("GatherElements", since: 11, GatherElements);
        table.Add("GatherND", since: 11, GatherND);
    }

    private static Operation Gather(NodeContext node)
    {
        long[] data = node.Shape(0), indices = node.Shape(1);
        IndexRange.RequireIndices(node, 1);
        int axis = node.Axis(node.Node.GetInt("axis", 0), data.Length);
        long size = data[axis];
        LowRankBranch? branch = node.Branch;
        if (branch is null && node.Constant(1) is not null && indices.Length == 0)
            return Select(node, axis, size);
        long[] result = node.RequireSize([.. data.Take(axis), .. indices, .. data.Skip(axis + 1)]);
        ScalarType type = node.Type(0);
        return Binary((x, picked) =>
        {
            using Tensor flat = picked.reshape(picked.numel()), counted = IndexRange.Counted(node, 1, flat, size), rows = NarrowProduct.Widen(x.index_select(axis, counted), type);
            branch?.AddToRows(rows, counted);
            return rows.reshape(result);
        });
    }

    /// <summary>One fixed position is a view: no copy, and a cheap backward.</summary>
    private static Operation Select(NodeContext node, int axis, long size)
    {
        long position = node.Integers(1)[0];
        node.Require(position >= -size && position < size, $"index {position} is outside an axis of {size}");
        ScalarType type = node.Type(0);
        return Unary(x => NarrowProduct.Widen(x.select(axis, position), type));
    }

    private static Operation GatherElements(NodeContext node)
    {
        long[] data = node.Shape(0), indices = node.Shape(1);
        IndexRange.RequireIndices(node, 1);
        int axis = node.Axis(node.Node.GetInt("axis", 0), data.Length);
        node.Require(indices.Length == data.Length, "indices must have as many axes as the data");
        node.Require(!indices.Where((size, at) => at != axis && size > data[at]).Any(), "the indices reach beyond the data beside the axis they index");
        node.RequireSize(indices);
        return Binary((x, picked) =>
        {
            using Tensor counted = IndexRange.Counted(node, 1, picked, data[axis]);
            return x.gather(axis, counted);
        });
    }

    /// <summary>The batch axes and those that a tuple indexes become one axis of rows, so that one look-up does it.</summary>
    private static Operation GatherND(NodeContext node)
    {
        long[] data = node.Shape(0), indices = node.Shape(1);
        IndexRange.RequireIndices(node, 1);
        node.Require(data.Length > 0 && indices.Length > 0, "data and indices must have an axis");
        long batch = node.Node.GetInt("batch_dims", 0), width = indices[^1];
        node.Require(batch >= 0 && batch < Math.Min(data.Length, indices.Length), $"batch_dims {batch} does not fit the ranks");
        node.Require(data.Take((int)batch).SequenceEqual(indices.Take((int)batch)), "the batch axes differ");
        node.Require(width >= 1 && width <= data.Length - batch, $"tuples of {width} indices do not fit the data");
        int inner = (int)(batch + width);
        long[] indexed = [.. data.Take(inner).Skip((int)batch)];
        long[] result = node.RequireSize([.. indices.Take(indices.Length - 1), .. data.Skip(inner)]);
        long batches = Count(data.Take((int)batch)), rowsInBatch = Count(indexed), elements = Count(data.Skip(inner));
        long tuplesInBatch = Count(indices.Take(indices.Length - 1).Skip((int)batch));
        return Binary((x, picked) =>
        {
            using Tensor tuples = picked.reshape(batches, tuplesInBatch, width), within = IndexTuples.Rows(node, 1, tuples, indexed);
            using Tensor batchOf = Counting.Below(batches, ScalarType.Int64, x.device), firsts = batchOf.mul(Number.Of(rowsInBatch)), column = firsts.unsqueeze(-1);
            using Tensor absolute = within.add(column, Number.One), flat = absolute.reshape(batches * tuplesInBatch);
            using Tensor rows = x.reshape(batches * rowsInBatch, elements), found = rows.index_select(0, flat);
            return found.reshape(result);
        });
    }

    private static long Count(IEnumerable<long> sizes) => sizes.Aggregate(1L, (product, size) => product * size);
}
