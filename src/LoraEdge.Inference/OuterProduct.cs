using System.Numerics;
using System.Runtime.InteropServices;

namespace LoraEdge.Inference;

/// <summary>Adds a product of two thin matrices to a full one.</summary>
internal static class OuterProduct
{
    /// <summary><c>matrix += scale * left * right</c>, in fp32 and in a fixed order, so that the bits do not depend on the machine.</summary>
    /// <param name="matrix">Shape <c>(rows, columns)</c>, row-major; changed.</param>
    /// <param name="left">Shape <c>(rows, rank)</c>, row-major.</param>
    /// <param name="right">Shape <c>(rank, columns)</c>, row-major.</param>
    /// <param name="scale">The factor on the product.</param>
    /// <param name="rank">The inner dimension; small.</param>
    public static void Add(Span<float> matrix, ReadOnlySpan<float> left, ReadOnlySpan<float> right, float scale, int rank)
    {
        int columns = right.Length / rank;
        for (int i = 0; i < left.Length; i++)
        {
            (int row, int inner) = (i / rank, i % rank);
            AddScaled(right.Slice(inner * columns, columns), scale * left[i], matrix.Slice(row * columns, columns));
        }
    }

    private static void AddScaled(ReadOnlySpan<float> source, float factor, Span<float> target)
    {
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(source);
        Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(target);
        for (int i = 0; i < to.Length; i++)
            to[i] += from[i] * factor;
        for (int i = to.Length * Vector<float>.Count; i < target.Length; i++)
            target[i] += source[i] * factor;
    }
}
