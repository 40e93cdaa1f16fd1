using System.Diagnostics;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>A plain copy of as much memory as a merge writes, in pieces of the same sizes, on as many threads.</summary>
/// <param name="sizes">Elements of each piece.</param>
/// <param name="threads">How many threads take part.</param>
internal sealed class MemoryCopy(IReadOnlyList<int> sizes, int threads)
{
    private readonly (float[] From, float[] To)[] _pieces = [.. sizes.Select(size => (Enumerable.Repeat(1f, size).ToArray(), Enumerable.Repeat(0f, size).ToArray()))];

    /// <summary>Copies once.</summary>
    public TimeSpan Time()
    {
        long start = Stopwatch.GetTimestamp();
        if (threads == 1)
            Array.ForEach(_pieces, Copy);
        else
            Parallel.ForEach(_pieces, new ParallelOptions { MaxDegreeOfParallelism = threads }, Copy);
        return Stopwatch.GetElapsedTime(start);
    }

    private static void Copy((float[] From, float[] To) piece) => piece.From.AsSpan().CopyTo(piece.To);
}
