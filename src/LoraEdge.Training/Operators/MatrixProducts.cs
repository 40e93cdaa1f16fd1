using LoraEdge.Training.Execution;
using static LoraEdge.Training.Operators.OperationForms;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>MatMul (NumPy's rules) and Gemm.</summary>
internal static class MatrixProducts
{
    public static void Register(OperatorTable table)
    {
        table.Add("MatMul", since: 1, MatMul);
        table.Add("Gemm", since: 7, Gemm);
    }

    private static Operation MatMul(NodeContext node)
    {
        long[] a = node.Shape(0), b = node.Shape(1);
        node.Require(a.Length > 0 && b.Length > 0, "MatMul does not take scalars");
        node.Require(node.Type(0) == node.Type(1), "both inputs must have one element type");
        long inner = b.Length == 1 ? b[0] : b[^2];
        node.Require(a[^1] == inner, $"the inner sizes {a[^1]} and {inner} differ");
        for (int back = 3; back <= Math.Min(a.Length, b.Length); back++)
            node.Require(a[^back] == b[^back] || a[^back] == 1 || b[^back] == 1, "the batch axes cannot be broadcast together");
        return Binary((x, y) => x.matmul(y));
    }

    private static Operation Gemm(NodeContext node)
    {
        bool transA = node.Node.GetInt("transA", 0) != 0, transB = node.Node.GetInt("transB", 0) != 0;
        float alpha = node.Node.GetFloat("alpha", 1), beta = node.Node.GetFloat("beta", 1);
        CheckGemm(node, transA, transB);
        bool hasBias = node.Has(2);
        return inputs =>
        {
            using Tensor a = transA ? inputs[0]!.t() : inputs[0]!.alias();
            using Tensor b = transB ? inputs[1]!.t() : inputs[1]!.alias();
            if (hasBias)
                return [addmm(inputs[2]!, a, b, beta, alpha)];
            if (alpha == 1)
                return [a.mm(b)];
            using Tensor product = a.mm(b);
            return [product.mul(alpha)];
        };
    }

    private static void CheckGemm(NodeContext node, bool transA, bool transB)
    {
        long[] a = node.Shape(0), b = node.Shape(1);
        node.Require(a.Length == 2 && b.Length == 2, "Gemm takes matrices");
        node.Require(node.Type(0) == node.Type(1), "both inputs must have one element type");
        long innerA = a[transA ? 0 : 1], innerB = b[transB ? 1 : 0];
        node.Require(innerA == innerB, $"the inner sizes {innerA} and {innerB} differ");
        if (!node.Has(2))
            return;
        long[] result = [a[transA ? 1 : 0], b[transB ? 0 : 1]], bias = node.Shape(2);
        bool fits = bias.Length <= 2;
        for (int back = 1; fits && back <= bias.Length; back++)
            fits = bias[^back] == 1 || bias[^back] == result[^back];
        node.Require(fits, "C cannot be broadcast to the product");
        node.Require(node.Type(2) == node.Type(0), "C must have the element type of A");
    }
}
