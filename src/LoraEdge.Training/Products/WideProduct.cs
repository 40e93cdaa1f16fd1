#if NET
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LoraEdge.Training.Products;

/// <summary>
/// Products of float32 matrices in vectors of 512 bits, on one thread. Blocked as in Goto and van de Geijn 2008, "Anatomy of
/// high-performance matrix multiplication": some columns of the right matrix are copied into a panel in the order in which
/// they are read, and every tile of the result is summed up in registers.
/// </summary>
internal static unsafe class WideProduct
{
    /// <summary>Most rows of a panel, so that it stays in the cache next to the processor.</summary>
    private const int MostDepth = 320;

    private const int FirstLettersOfIntel = 0x756e6547;

    /// <summary>
    /// Whether it is faster than libtorch's own product: MKL uses vectors of 512 bits on Intel's processors, and half of that on
    /// all others.
    /// </summary>
    public static bool IsFaster { get; } = Vector512.IsHardwareAccelerated && X86Base.IsSupported && X86Base.CpuId(0, 0).Ebx != FirstLettersOfIntel;

    /// <summary>Computes <c>c = a * b</c>; all are dense and stored by rows.</summary>
    /// <param name="a">Left, <c>(rows, inner)</c>.</param>
    /// <param name="b">Right, <c>(inner, columns)</c>, or <c>(columns, inner)</c> where it is transposed.</param>
    /// <param name="c">The result, <c>(rows, columns)</c>; overwritten.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="inner">Numbers that are summed up, at least 1.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="isTransposed">Whether the right matrix is stored transposed.</param>
    public static void Multiply(float* a, float* b, float* c, int rows, int inner, int columns, bool isTransposed)
    {
        int parts = (inner + MostDepth - 1) / MostDepth, depth = (inner + parts - 1) / parts;
        float* panel = (float*)NativeMemory.AlignedAlloc((nuint)((depth + Tile.Rows) * Tile.Columns * sizeof(float)), 64);
        try
        {
            for (int from = 0; from < inner; from += depth)
            {
                int deep = Math.Min(depth, inner - from);
                for (int column = 0; column < columns; column += Tile.Columns)
                {
                    int wide = Math.Min(Tile.Columns, columns - column);
                    if (isTransposed)
                        PackTransposed(b + ((nint)column * inner) + from, inner, panel, deep, wide);
                    else
                        Pack(b + ((nint)from * columns) + column, columns, panel, deep, wide);
                    Column(a + from, inner, rows, panel, deep, c + column, columns, wide, adds: from > 0);
                }
            }
        }
        finally
        {
            NativeMemory.AlignedFree(panel);
        }
    }

    /// <summary>All tiles that read a panel. Those that the result does not have room for are computed beside the panel.</summary>
    private static void Column(float* a, nint inner, int rows, float* panel, int depth, float* c, nint stride, int wide, bool adds)
    {
        float* edge = panel + (depth * Tile.Columns);
        for (int row = 0; row < rows; row += Tile.Rows, a += Tile.Rows * inner, c += Tile.Rows * stride)
        {
            int high = Math.Min(Tile.Rows, rows - row);
            if (high == Tile.Rows && wide == Tile.Columns)
            {
                Tile.Compute(a, inner, high, panel, depth, c, stride, adds);
                continue;
            }

            Tile.Compute(a, inner, high, panel, depth, edge, Tile.Columns, adds: false);
            for (int i = 0; i < high; i++)
            {
                for (int j = 0; j < wide; j++)
                    c[(i * stride) + j] = edge[(i * Tile.Columns) + j] + (adds ? c[(i * stride) + j] : 0);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack(float* from, nint stride, float* panel, int depth, int wide)
    {
        for (int k = 0; k < depth; k++, from += stride, panel += Tile.Columns)
        {
            new ReadOnlySpan<float>(from, wide).CopyTo(new Span<float>(panel, Tile.Columns));
            new Span<float>(panel + wide, Tile.Columns - wide).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackTransposed(float* from, nint stride, float* panel, int depth, int wide)
    {
        if (wide < Tile.Columns)
            new Span<float>(panel, depth * Tile.Columns).Clear();
        for (int column = 0; column < wide; column++, from += stride)
        {
            for (int k = 0; k < depth; k++)
                panel[(k * Tile.Columns) + column] = from[k];
        }
    }
}
#endif
