#if NET
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LoraEdge.Training.Products;

/// <summary>A part of a product that fits the processor's registers: 8 rows of 3 vectors.</summary>
internal static unsafe class Tile
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 8;

    /// <summary>Columns of a tile.</summary>
    public const int Columns = 48;

    /// <summary>Computes a tile. Rows that the left matrix does not have are copies of the first.</summary>
    /// <param name="a">First number of the left matrix.</param>
    /// <param name="aStride">Numbers from one of its rows to the next.</param>
    /// <param name="rows">Rows that it has, at least 1.</param>
    /// <param name="panel">The right matrix, <c>(depth, Columns)</c>.</param>
    /// <param name="depth">Numbers that are summed up.</param>
    /// <param name="to">First number of the result, <c>(Rows, Columns)</c>.</param>
    /// <param name="stride">Numbers from one row of the result to the next.</param>
    /// <param name="adds">Whether to add to the result instead of overwriting it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(float* a, nint aStride, int rows, float* panel, nint depth, float* to, nint stride, bool adds)
    {
        float* a1 = a + (rows > 1 ? aStride : 0), a2 = a + (rows > 2 ? 2 * aStride : 0), a3 = a + (rows > 3 ? 3 * aStride : 0);
        float* a4 = a + (rows > 4 ? 4 * aStride : 0), a5 = a + (rows > 5 ? 5 * aStride : 0), a6 = a + (rows > 6 ? 6 * aStride : 0), a7 = a + (rows > 7 ? 7 * aStride : 0);
        Vector512<float> c00 = default, c01 = default, c02 = default;
        Vector512<float> c10 = default, c11 = default, c12 = default;
        Vector512<float> c20 = default, c21 = default, c22 = default;
        Vector512<float> c30 = default, c31 = default, c32 = default;
        Vector512<float> c40 = default, c41 = default, c42 = default;
        Vector512<float> c50 = default, c51 = default, c52 = default;
        Vector512<float> c60 = default, c61 = default, c62 = default;
        Vector512<float> c70 = default, c71 = default, c72 = default;
        for (nint k = 0; k < depth; k++, panel += Columns)
        {
            Vector512<float> b0 = Vector512.Load(panel), b1 = Vector512.Load(panel + 16), b2 = Vector512.Load(panel + 32);
            Vector512<float> x = Vector512.Create(a[k]);
            c00 = Vector512.FusedMultiplyAdd(x, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(x, b1, c01);
            c02 = Vector512.FusedMultiplyAdd(x, b2, c02);
            x = Vector512.Create(a1[k]);
            c10 = Vector512.FusedMultiplyAdd(x, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(x, b1, c11);
            c12 = Vector512.FusedMultiplyAdd(x, b2, c12);
            x = Vector512.Create(a2[k]);
            c20 = Vector512.FusedMultiplyAdd(x, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(x, b1, c21);
            c22 = Vector512.FusedMultiplyAdd(x, b2, c22);
            x = Vector512.Create(a3[k]);
            c30 = Vector512.FusedMultiplyAdd(x, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(x, b1, c31);
            c32 = Vector512.FusedMultiplyAdd(x, b2, c32);
            x = Vector512.Create(a4[k]);
            c40 = Vector512.FusedMultiplyAdd(x, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(x, b1, c41);
            c42 = Vector512.FusedMultiplyAdd(x, b2, c42);
            x = Vector512.Create(a5[k]);
            c50 = Vector512.FusedMultiplyAdd(x, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(x, b1, c51);
            c52 = Vector512.FusedMultiplyAdd(x, b2, c52);
            x = Vector512.Create(a6[k]);
            c60 = Vector512.FusedMultiplyAdd(x, b0, c60);
            c61 = Vector512.FusedMultiplyAdd(x, b1, c61);
            c62 = Vector512.FusedMultiplyAdd(x, b2, c62);
            x = Vector512.Create(a7[k]);
            c70 = Vector512.FusedMultiplyAdd(x, b0, c70);
            c71 = Vector512.FusedMultiplyAdd(x, b1, c71);
            c72 = Vector512.FusedMultiplyAdd(x, b2, c72);
        }

        Store(to, c00, c01, c02, adds);
        Store(to + (1 * stride), c10, c11, c12, adds);
        Store(to + (2 * stride), c20, c21, c22, adds);
        Store(to + (3 * stride), c30, c31, c32, adds);
        Store(to + (4 * stride), c40, c41, c42, adds);
        Store(to + (5 * stride), c50, c51, c52, adds);
        Store(to + (6 * stride), c60, c61, c62, adds);
        Store(to + (7 * stride), c70, c71, c72, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Vector512<float> first, Vector512<float> second, Vector512<float> third, bool adds)
    {
        (adds ? first + Vector512.Load(to) : first).Store(to);
        (adds ? second + Vector512.Load(to + 16) : second).Store(to + 16);
        (adds ? third + Vector512.Load(to + 32) : third).Store(to + 32);
    }
}
#endif
