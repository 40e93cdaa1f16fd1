using LoraEdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>The change <c>s*B*A</c> of one frozen weight, beside a node that uses it: <c>s * (x * A^T) * B^T</c>.</summary>
/// <param name="Layer">The adapted layer.</param>
/// <param name="A">Projection, shape <c>(r, in)</c>, fp32; a parameter only for plain LoRA.</param>
/// <param name="B">Trained factor, shape <c>(out, r)</c>, fp32.</param>
/// <param name="Scale">The factor s.</param>
internal sealed record LowRankBranch(AdaptableLayer Layer, Tensor A, Tensor B, float Scale)
{
    /// <summary>Whether the node beside which this stands reads the weight as <c>(out, in)</c>; of use where it picks rows of it.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>
    /// Adds the branch to the layer's product, in place. Autograd keeps only z = x*A^T for the gradient of B, never x: that
    /// is the memory saving of LoRA-FA, and it holds as long as A needs no gradient itself.
    /// </summary>
    /// <param name="product">The frozen layer's result, shape <c>(rows, out)</c>, storage of its own; changed.</param>
    /// <param name="x">The layer's input, shape <c>(rows, in)</c>.</param>
    /// <param name="alpha">The node's factor on the product.</param>
    public void AddTo(Tensor product, Tensor x, float alpha = 1)
    {
        // Where the model computes in half precision the branch is still computed in fp32: the factors of a young adapter are
        // too small for it.
        using Tensor wide = x.to(ScalarType.Float32), at = A.t(), z = wide.mm(at), bt = B.t();
        float scale = Scale * alpha;
        if (product.dtype == ScalarType.Float32)
        {
            product.addmm_(z, bt, 1, scale);
            return;
        }

        using Tensor change = z.mm(bt);
        product.add_(change, Number.Of(scale));
    }

    /// <summary>Adds the change of some rows of the weight to those rows, in place.</summary>
    /// <param name="rows">The frozen rows, shape <c>(n, columns)</c>, storage of its own; changed.</param>
    /// <param name="indices">Which rows they are, shape <c>(n)</c>, int64, within the weight.</param>
    public void AddToRows(Tensor rows, Tensor indices)
    {
        // Rows of B times A where a row is an output, else rows of A^T times B^T.
        using Tensor left = IsTransposed ? B.index_select(0, indices) : A.index_select(1, indices);
        using Tensor picked = IsTransposed ? left.alias() : left.t(), right = IsTransposed ? A.alias() : B.t();
        if (rows.dtype == ScalarType.Float32)
        {
            rows.addmm_(picked, right, 1, Scale);
            return;
        }

        using Tensor change = picked.mm(right);
        rows.add_(change, Number.Of(Scale));
    }

    /// <summary>Frobenius norm of the change s*B*A, without computing it: <c>||B A||^2 = trace((B^T B)(A A^T))</c>.</summary>
    public double ChangeNorm()
    {
        using var _ = no_grad();
        using Tensor bt = B.t(), gramB = bt.mm(B), at = A.t(), gramA = A.mm(at), product = gramB.mul(gramA), sum = product.sum();
        return Math.Abs(Scale) * Math.Sqrt(Math.Max(0, sum.item<float>()));
    }
}
