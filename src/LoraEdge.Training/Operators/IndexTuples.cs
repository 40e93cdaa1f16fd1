using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Several indices that address one place together, one per axis, turned into a single one.</summary>
internal static class IndexTuples
{
    /// <summary>The rows that tuples point to when the axes they index are taken together as one.</summary>
    /// <param name="node">The node.</param>
    /// <param name="input">Which of its inputs they come from.</param>
    /// <param name="tuples">The tuples along the last axis, borrowed.</param>
    /// <param name="sizes">Sizes of the indexed axes, as many as a tuple has indices.</param>
    public static Tensor Rows(NodeContext node, int input, Tensor tuples, long[] sizes)
    {
        Tensor rows = Column(0);
        for (int axis = 1; axis < sizes.Length; axis++)
        {
            using Tensor before = rows, scaled = before.mul(Number.Of(sizes[axis])), inner = Column(axis);
            rows = scaled.add(inner, Number.One);
        }

        return rows;

        Tensor Column(int axis)
        {
            using Tensor column = tuples.select(-1, axis);
            return IndexRange.Counted(node, input, column, sizes[axis]);
        }
    }

    /// <summary>The places in the flattened data of elements whose coordinate along one axis is an index, and whose others are the index's own.</summary>
    /// <param name="indices">The indices, checked; borrowed.</param>
    /// <param name="axis">The axis they index.</param>
    /// <param name="data">Shape of the data.</param>
    public static Tensor Places(Tensor indices, int axis, long[] data)
    {
        Tensor places = Coordinate(0);
        for (int next = 1; next < data.Length; next++)
        {
            using Tensor before = places, scaled = before.mul(Number.Of(data[next])), inner = Coordinate(next);
            places = scaled.add(inner, Number.One);
        }

        return places;

        Tensor Coordinate(int along)
        {
            if (along == axis)
                return indices.alias();
            using Tensor line = Counting.Below(indices.shape[along], ScalarType.Int64, indices.device);
            return line.reshape([.. data.Select((_, at) => at == along ? -1L : 1L)]);
        }
    }
}
