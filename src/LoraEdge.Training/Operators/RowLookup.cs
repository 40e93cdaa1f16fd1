using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Looks rows of a table up.</summary>
internal static class RowLookup
{
    /// <summary>The rows at some positions: the positions' shape, and behind it that of a row.</summary>
    /// <exception cref="InvalidInputException">The table has no such position.</exception>
    public static Tensor Rows(NodeContext node, Tensor table, Tensor positions)
    {
        using Tensor flat = positions.reshape(-1), wide = flat.to(ScalarType.Int64);
        IndexRange.RequirePositions(node, wide, table.shape[0]);
        using Tensor rows = table.index_select(0, wide);
        return rows.reshape([.. positions.shape, .. table.shape.Skip(1)]);
    }
}
