using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>The exact product of two quantized matrices, or stacks of them, less their zero points.</summary>
/// <param name="A">Left factor; its zero point may differ from row to row.</param>
/// <param name="B">Right factor; its zero point may differ from column to column.</param>
/// <param name="Type">Floating-point type in which it is exact.</param>
/// <param name="Rows">Rows of A, its leading axes taken together, where B is one matrix.</param>
/// <param name="Result">Shape of the result.</param>
internal sealed record IntegerMatrixProduct(IntegerFactor A, IntegerFactor B, ScalarType Type, long Rows, long[] Result)
{
    /// <summary>Checks the factors of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="a">The left factor.</param>
    /// <param name="b">Index of B.</param>
    /// <param name="zeroB">Index of its zero point.</param>
    public static IntegerMatrixProduct Of(NodeContext node, IntegerFactor a, int b, int zeroB)
    {
        long[] left = node.Shape(a.Data), right = node.Shape(b);
        long[] result = MatrixProduct.RequireShape(node, left, right);
        IntegerFactor factorB = IntegerFactor.Of(node, b, zeroB, right.Length - 1);
        long rows = left.Take(left.Length - 1).Aggregate(1L, (product, size) => product * size);
        return new IntegerMatrixProduct(a, factorB, ExactType.Of(node, factorB, [Math.Max(0, right.Length - 2)]), rows, result);
    }

    /// <summary>Computes it; the integers are held as floats.</summary>
    public Tensor Run(Tensor?[] inputs)
    {
        using Tensor a = A.Centred(inputs, Type), b = B.Centred(inputs, Type);
        if (b.dim() != 2)
            return MatrixProduct.Of(a, b);
        using Tensor rows = a.reshape(Rows, b.shape[0]), product = rows.mm(b);
        return product.reshape(Result);
    }
}
