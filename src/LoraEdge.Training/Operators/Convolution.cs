using LoraEdge.Training.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>Conv of x <c>(N, C, spatial...)</c> with W <c>(M, C / groups, kernel...)</c> and B <c>(M)</c>.</summary>
/// <param name="Window">Where the kernel goes.</param>
/// <param name="Groups">Number of groups of channels that do not mix.</param>
/// <param name="HasBias">Whether B is given, as the third input.</param>
/// <param name="Branch">The low-rank branch beside W; null for none.</param>
internal sealed record Convolution(SlidingWindow Window, long Groups, bool HasBias, ConvolutionBranch? Branch = null)
{
    /// <summary>The operation.</summary>
    public Tensor[] Run(Tensor?[] inputs)
    {
        bool padsItself = Window.IsSymmetric;
        using Tensor padded = padsItself ? inputs[0]!.alias() : Borders.Add(inputs[0]!, Window.Begins, Window.Ends);
        long[] padding = padsItself ? Window.Begins : new long[Window.Begins.Length];
        Tensor product = NarrowProduct.Of(padded, inputs[1]!, HasBias ? inputs[2] : null, (x, bias) => Multiply(x, inputs[1]!, bias, padding));
        Branch?.AddTo(product, padded, (x, kernel) => Multiply(x, kernel, null, padding));
        return [product];
    }

    private Tensor Multiply(Tensor x, Tensor weight, Tensor? bias, long[] padding) => Window.Kernel.Length switch
    {
        1 => nn.functional.conv1d(x, weight, bias, Window.Strides[0], padding[0], Window.Dilations[0], Groups),
        2 => nn.functional.conv2d(x, weight, bias, Window.Strides, padding, Window.Dilations, Groups),
        _ => nn.functional.conv3d(x, weight, bias, Window.Strides, padding, Window.Dilations, Groups),
    };
}
