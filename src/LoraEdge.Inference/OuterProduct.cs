using System.Numerics;
using System.Runtime.InteropServices;

namespace LoraEdge.Inference;

/// <summary>
/// Adds a product of two thin matrices to a full one on the way to another place: one read and one write of every element. In
/// fp32 and in a fixed order, multiplied and added separately, so that the bits depend neither on the machine's vectors nor on
/// how a matrix is cut into pieces.
/// </summary>
internal static class OuterProduct
{
    /// <summary><c>to = from + scale * left * right</c>, of a piece of the matrix.</summary>
    /// <param name="from">Elements of a row-major matrix of as many columns as <paramref name="product"/>, the piece alone.</param>
    /// <param name="to">Where they go; as long.</param>
    /// <param name="start">Index of the first one in the matrix.</param>
    /// <param name="product">The thin matrices.</param>
    /// <returns>The largest magnitude in <paramref name="to"/>.</returns>
    public static Magnitude Add(ReadOnlySpan<float> from, Span<float> to, int start, ThinProduct product)
    {
        int columns = product.Columns;
        Magnitude largest = default;
        for (int at = 0; at < to.Length;)
        {
            (int row, int column) = ((start + at) / columns, (start + at) % columns);
            int count = Math.Min(columns - column, to.Length - at);
            AddRow(from.Slice(at, count), to.Slice(at, count), product, row, column, ref largest);
            at += count;
        }

        return largest;
    }

    // Terms that follow the first are added to what is in the cache still. Sums on the way may be larger than the result.
    private static void AddRow(ReadOnlySpan<float> from, Span<float> to, ThinProduct product, int row, int column, ref Magnitude largest)
    {
        int last = product.Rank - 1;
        Magnitude onTheWay = default;
        for (int inner = 0; inner < last; inner++)
        {
            AddScaled(from, product.Right.AsSpan((inner * product.Columns) + column, to.Length), product.Factor(row, inner), to, ref onTheWay);
            from = to;
        }

        AddScaled(from, product.Right.AsSpan((last * product.Columns) + column, to.Length), product.Factor(row, last), to, ref largest);
    }

    private static void AddScaled(ReadOnlySpan<float> from, ReadOnlySpan<float> source, float factor, Span<float> to, ref Magnitude largest)
    {
        ReadOnlySpan<Vector<float>> terms = MemoryMarshal.Cast<float, Vector<float>>(source), addends = MemoryMarshal.Cast<float, Vector<float>>(from);
        Span<Vector<float>> sums = MemoryMarshal.Cast<float, Vector<float>>(to);
        var factors = new Vector<float>(factor);
        Vector<int> seen = largest.Lanes;
        for (int i = 0; i < sums.Length; i++)
        {
            Vector<float> sum = addends[i] + (terms[i] * factors);
            seen = Magnitude.Max(seen, sum);
            sums[i] = sum;
        }

        largest.Lanes = seen;
        for (int i = sums.Length * Vector<float>.Count; i < to.Length; i++)
        {
            to[i] = from[i] + (source[i] * factor);
            largest.Add(to[i]);
        }
    }
}
