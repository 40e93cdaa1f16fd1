using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Rounding that gradients pass through as if it were not there (Bengio et al., arXiv:1308.3432): the derivative of a step
/// function is zero everywhere, and nothing below a quantized layer would learn.
/// </summary>
internal static class StraightThrough
{
    /// <summary>Rounds half to even.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="through">What the result's gradient goes to, of the shape of <paramref name="x"/>.</param>
    public static Tensor Round(Tensor x, Tensor through)
    {
        using Tensor fixedX = x.detach(), rounded = fixedX.round();
        if (!through.requires_grad)
            return rounded.alias();
        // Exactly the rounded numbers: a number less itself is 0.
        using Tensor fixedThrough = through.detach(), nothing = through.sub(fixedThrough);
        return nothing.add_(rounded, Number.One).alias();
    }
}
