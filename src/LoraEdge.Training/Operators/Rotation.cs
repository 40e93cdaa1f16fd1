using static TorchSharp.torch;

namespace LoraEdge.Training.Operators;

/// <summary>
/// Rotary position embedding of heads: pairs of the first numbers of every head are rotated by an angle that depends on the
/// position (RoFormer, arXiv:2104.09864); the others stay.
/// </summary>
/// <param name="Pairs">Number of pairs.</param>
/// <param name="Interleaved">Whether a pair is made of neighbours; otherwise of the same place in two halves.</param>
internal sealed record Rotation(long Pairs, bool Interleaved)
{
    /// <summary>Rotates.</summary>
    /// <param name="x">Heads, four axes, the last one the numbers of a head.</param>
    /// <param name="cosine">Cosines that can be broadcast to x, the last axis the pairs.</param>
    /// <param name="sine">Sines, likewise.</param>
    public Tensor Apply(Tensor x, Tensor cosine, Tensor sine)
    {
        long size = x.shape[3];
        using Tensor rotated = Interleaved ? OfNeighbours(x, cosine, sine) : OfHalves(x, cosine, sine);
        if (size == 2 * Pairs)
            return rotated.alias();
        using Tensor rest = x.narrow(3, 2 * Pairs, size - 2 * Pairs);
        return cat([rotated, rest], 3);
    }

    private Tensor OfHalves(Tensor x, Tensor cosine, Tensor sine)
    {
        using Tensor real = x.narrow(3, 0, Pairs), imaginary = x.narrow(3, Pairs, Pairs);
        (Tensor first, Tensor second) = Turn(real, imaginary, cosine, sine);
        using (first)
        using (second)
            return cat([first, second], 3);
    }

    private Tensor OfNeighbours(Tensor x, Tensor cosine, Tensor sine)
    {
        using Tensor part = x.narrow(3, 0, 2 * Pairs), pairs = part.reshape([.. x.shape.Take(3), Pairs, 2]), real = pairs.select(4, 0), imaginary = pairs.select(4, 1);
        (Tensor first, Tensor second) = Turn(real, imaginary, cosine, sine);
        using (first)
        using (second)
        {
            using Tensor together = stack([first, second], 4);
            return together.reshape(part.shape);
        }
    }

    private static (Tensor Real, Tensor Imaginary) Turn(Tensor real, Tensor imaginary, Tensor cosine, Tensor sine) =>
        (real.mul(cosine).addcmul_(imaginary, sine, Number.Of(-1)), imaginary.mul(cosine).addcmul_(real, sine, Number.One));
}
