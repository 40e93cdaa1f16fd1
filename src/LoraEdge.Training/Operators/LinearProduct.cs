using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Products;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// <c>alpha * x * W + beta * C</c> with a matrix W, and the low-rank branch where W has one. The rows of x are multiplied as
/// one matrix, so that the bias and the branch can be accumulated into the product without another pass or copy.
/// </summary>
/// <param name="Rows">Number of rows of x, its leading axes taken together.</param>
/// <param name="TransA">Whether x is stored transposed.</param>
/// <param name="TransB">Whether W is stored as (out, in).</param>
/// <param name="Alpha">Factor on the product.</param>
/// <param name="Beta">Factor on C.</param>
/// <param name="HasBias">Whether C is given, as the third input.</param>
/// <param name="Branch">The branch; null for none.</param>
/// <param name="Result">Shape of the result.</param>
internal sealed record LinearProduct(
    long Rows, bool TransA, bool TransB, float Alpha, float Beta, bool HasBias, LowRankBranch? Branch, long[] Result)
{
    /// <summary>The operation.</summary>
    public Tensor[] Run(Tensor?[] inputs)
    {
        using Tensor x = TransA ? inputs[0]!.t() : inputs[0]!.reshape(Rows, inputs[0]!.shape[^1]);
        using Tensor weight = TransB ? inputs[1]!.t() : inputs[1]!.alias();
        Tensor product = NarrowProduct.Of(x, weight, HasBias ? inputs[2] : null, (rows, bias) => Multiply(rows, weight, bias));
        Branch?.AddTo(product, x, Alpha);
        if (Result.Length == 2)
            return [product];
        using (product)
            return [product.reshape(Result)];
    }

    private Tensor Multiply(Tensor x, Tensor weight, Tensor? bias)
    {
        Tensor? wide = FrozenProduct.Of(x, weight);
        if (wide is null && bias is not null)
            return addmm(bias, x, weight, Beta, Alpha);
        Tensor product = wide ?? x.mm(weight);
        if (Alpha != 1)
            product.mul_(Number.Of(Alpha));
        return bias is null || Beta == 0 ? product : product.add_(bias, Number.Of(Beta));
    }
}
