using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LoraEdge.Inference;

/// <summary>
/// Adds a product of two thin matrices to a full one on the way to another place: one read and one write of every element. In
/// fp32 and in a fixed order, multiplied and added separately, so that the bits depend neither on the machine's vectors nor on
/// how a matrix is cut into pieces.
/// </summary>
internal static class OuterProduct
{
    // AggressiveOptimization, which netstandard2.0 has no name for: as tiers replaced each other, one call in ten was four times slower.
    private const MethodImplOptions FullyOptimized = (MethodImplOptions)512;

    /// <summary><c>to = from + scale * left * right</c>, of a piece of the matrix.</summary>
    /// <param name="from">Elements of a row-major matrix of as many columns as <paramref name="product"/>, the piece alone.</param>
    /// <param name="to">Where they go; as long.</param>
    /// <param name="start">Index of the first one in the matrix.</param>
    /// <param name="product">The thin matrices.</param>
    /// <returns>The largest magnitude in <paramref name="to"/>.</returns>
    [MethodImpl(FullyOptimized)]
    public static Magnitude Add(ReadOnlySpan<float> from, Span<float> to, int start, ThinProduct product)
    {
        (int row, int column) = (start / product.Columns, start % product.Columns);
        Magnitude largest = default;
        for (int at = 0; at < to.Length; row++, column = 0)
        {
            int count = Math.Min(product.Columns - column, to.Length - at);
            AddRow(from.Slice(at, count), to.Slice(at, count), product, row, column, ref largest);
            at += count;
        }

        return largest;
    }

    // Terms that follow the first are added to what is in the cache still. Sums on the way may be larger than the result.
    private static void AddRow(ReadOnlySpan<float> from, Span<float> to, ThinProduct product, int row, int column, ref Magnitude largest)
    {
        Magnitude onTheWay = default;
        int last = product.Rank - 1;
        for (int inner = 0; inner < last; inner++)
        {
            AddScaled(from, product.Right.AsSpan((inner * product.Columns) + column, to.Length), product.Factor(row, inner), to, ref onTheWay);
            from = to;
        }

        AddScaled(from, product.Right.AsSpan((last * product.Columns) + column, to.Length), product.Factor(row, last), to, ref largest);
    }

    [MethodImpl(FullyOptimized)]
    private static void AddScaled(ReadOnlySpan<float> from, ReadOnlySpan<float> source, float factor, Span<float> to, ref Magnitude largest)
    {
        ref Vector<float> addends = ref First(from), terms = ref First(source), sums = ref First(to);
        var factors = new Vector<float>(factor);
        Vector<int> seen = largest.Lanes, also = seen;
        int count = to.Length / Vector<float>.Count, i = 0;
        for (; i <= count - 2; i += 2)
        {
            Vector<float> sum = Unsafe.Add(ref addends, i) + (Unsafe.Add(ref terms, i) * factors);
            Vector<float> next = Unsafe.Add(ref addends, i + 1) + (Unsafe.Add(ref terms, i + 1) * factors);
            Unsafe.Add(ref sums, i) = sum;
            Unsafe.Add(ref sums, i + 1) = next;
            seen = Magnitude.Max(seen, sum);
            also = Magnitude.Max(also, next);
        }

        if (i < count)
        {
            Vector<float> sum = Unsafe.Add(ref addends, i) + (Unsafe.Add(ref terms, i) * factors);
            Unsafe.Add(ref sums, i) = sum;
            seen = Magnitude.Max(seen, sum);
        }

        largest.Lanes = Vector.Max(seen, also);
        for (i = count * Vector<float>.Count; i < to.Length; i++)
        {
            to[i] = from[i] + (source[i] * factor);
            largest.Add(to[i]);
        }
    }

    private static ref Vector<float> First(ReadOnlySpan<float> values) => ref Unsafe.As<float, Vector<float>>(ref MemoryMarshal.GetReference(values));
}
