using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>MatMul (NumPy's rules), Gemm, and the determinant.</summary>
internal static class MatrixProducts
{
    public static void Register(OperatorTable table)
    {
        table.Add("MatMul", since: 1, MatMul);
        table.Add("Gemm", since: 7, Gemm);
        table.Add("Det", since: 11, Determinant);
    }

    /// <summary>A third input is a bias that <see cref="BiasFusion"/> put there.</summary>
    private static Operation MatMul(NodeContext node)
    {
        long[] a = node.Shape(0), b = node.Shape(1);
        node.Require(node.Type(0) == node.Type(1), "both inputs must have one element type");
        node.Require(node.Type(0) is not (ScalarType.Bool or ScalarType.Byte or ScalarType.Int8), "the element type is not one that MatMul takes");
        long[] result = MatrixProduct.RequireShape(node, a, b);
        return b.Length == 2 ? new LinearProduct(Count(a.Take(a.Length - 1)), false, false, 1, 1, node.Has(2), node.Branch, result).Run : Binary(MatrixProduct.Of);
    }

    internal static Operation Gemm(NodeContext node)
    {
        bool transA = node.Node.GetInt("transA", 0) != 0, transB = node.Node.GetInt("transB", 0) != 0;
        float alpha = node.Node.GetFloat("alpha", 1), beta = node.Node.GetFloat("beta", 1);
        long[] a = node.Shape(0), b = node.Shape(1);
        node.RequireFloats(0);
        node.Require(a.Length == 2 && b.Length == 2, "Gemm takes matrices");
        node.Require(node.Type(0) == node.Type(1), "both inputs must have one element type");
        long innerA = a[transA ? 0 : 1], innerB = b[transB ? 1 : 0];
        node.Require(innerA == innerB, $"the inner sizes {innerA} and {innerB} differ");
        long[] result = node.RequireSize([a[transA ? 1 : 0], b[transB ? 0 : 1]]);
        if (node.Has(2))
            CheckBias(node, result);
        return new LinearProduct(result[0], transA, transB, alpha, beta, node.Has(2), node.Branch, result).Run;
    }

    private static Operation Determinant(NodeContext node)
    {
        long[] shape = node.Shape(0);
        node.Require(node.Type(0) is ScalarType.Float32 or ScalarType.Float64, "Det takes float32 and float64");
        node.Require(shape.Length >= 2 && shape[^1] == shape[^2], "Det takes square matrices");
        return Unary(x => linalg.det(x));
    }

    private static void CheckBias(NodeContext node, long[] result)
    {
        long[] bias = node.Shape(2);
        bool fits = bias.Length <= 2;
        for (int back = 1; fits && back <= bias.Length; back++)
            fits = bias[^back] == 1 || bias[^back] == result[^back];
        node.Require(fits, "C cannot be broadcast to the product");
        node.Require(node.Type(2) == node.Type(0), "C must have the element type of A");
    }

    private static long Count(IEnumerable<long> sizes) => sizes.Aggregate(1L, (product, size) => product * size);
}
