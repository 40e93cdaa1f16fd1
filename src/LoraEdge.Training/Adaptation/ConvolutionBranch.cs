using LoraEdge.Onnx;
using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>
/// The branch beside a convolution: one with A as its kernel, every group having the same A, then a 1x1 convolution with B.
/// Autograd keeps <c>z</c>, the result of the first, of r channels a group, for the gradient of B.
/// </summary>
/// <param name="Branch">The branch.</param>
/// <param name="Groups">Number of groups of channels that do not mix.</param>
internal sealed record ConvolutionBranch(LowRankBranch Branch, long Groups)
{
    /// <summary>Adds the branch to the layer's result, in place.</summary>
    /// <param name="product">The frozen layer's result, shape <c>(N, out, spatial...)</c>, storage of its own; changed.</param>
    /// <param name="x">The layer's input, padded or not as <paramref name="convolve"/> takes it.</param>
    /// <param name="convolve">The layer's convolution, without a bias, of an input and a kernel <c>(groups * r, in / groups, k...)</c>.</param>
    public void AddTo(Tensor product, Tensor x, Func<Tensor, Tensor, Tensor> convolve)
    {
        using Tensor wide = x.to(ScalarType.Float32), kernel = Kernel(), z = convolve(wide, kernel);
        long rank = Branch.A.shape[0], records = z.shape[0], outputs = Branch.B.shape[0] / Groups;
        using Tensor factors = z.reshape(records * Groups, rank, -1);
        using Tensor b = Branch.B.reshape(1, Groups, outputs, rank), each = b.expand(records, Groups, outputs, rank), left = each.reshape(records * Groups, outputs, rank);
        using Tensor change = left.bmm(factors), shaped = change.reshape(product.shape);
        product.add_(shaped, Number.Of(Branch.Scale));
    }

    private Tensor Kernel()
    {
        IReadOnlyList<long> dims = Branch.Layer.Dims;
        using Tensor one = Branch.A.reshape([Branch.A.shape[0], .. dims.Skip(1)]);
        return Groups == 1 ? one.alias() : one.repeat([Groups, .. dims.Skip(1).Select(_ => 1L)]);
    }
}
