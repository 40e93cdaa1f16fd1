using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;

namespace LoraEdge.Training.Operators;

/// <summary>Trilu: the upper or lower triangle of matrices, zeros elsewhere.</summary>
internal static class Triangles
{
    public static void Register(OperatorTable table) => table.Add("Trilu", since: 14, Trilu);

    private static Operation Trilu(NodeContext node)
    {
        long[] shape = node.Shape(0);
        node.Require(shape.Length >= 2, "it takes matrices");
        long diagonal = Within(node.Has(1) ? node.Number(1) : 0, shape[^2], shape[^1]);
        return node.Node.GetInt("upper", 1) != 0 ? Unary(x => x.triu(diagonal)) : Unary(x => x.tril(diagonal));
    }

    /// <summary>A diagonal outside the matrix is like the nearest one outside.</summary>
    public static long Within(long diagonal, long rows, long columns) => Math.Max(-rows, Math.Min(columns, diagonal));
}
