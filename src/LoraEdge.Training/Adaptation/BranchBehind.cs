using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>A branch around several nodes: beside a dynamically quantized product, whose own activations are integers.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="Input">Name of the value that is the layer's input.</param>
internal sealed record BranchBehind(LowRankBranch Branch, string Input)
{
    /// <summary>The layer's result with the branch.</summary>
    /// <param name="product">The frozen layer's result, shape <c>(..., out)</c>.</param>
    /// <param name="x">The layer's input, shape <c>(..., in)</c>.</param>
    public Tensor Added(Tensor product, Tensor x)
    {
        using Tensor rows = x.reshape(-1, Branch.Layer.InFeatures), at = Branch.A.t(), z = rows.mm(at), bt = Branch.B.t(), flat = product.reshape(-1, Branch.Layer.OutFeatures);
        using Tensor sum = addmm(flat, z, bt, 1, Branch.Scale);
        return sum.reshape(product.shape);
    }
}
