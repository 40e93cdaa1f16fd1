using System.Diagnostics;
using LoraEdge.Inference;
using LoraEdge.Onnx;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>The merge that is measured: an adapter into all weights of a model that it changes.</summary>
internal sealed class WeightMerge
{
    private readonly WeightMerger _merger;
    private readonly Adapter _adapter;

    /// <param name="model">The frozen model.</param>
    /// <param name="adapter">The adapter.</param>
    public WeightMerge(OnnxModel model, Adapter adapter)
    {
        (_merger, _adapter) = (new WeightMerger(model), adapter);
        Sizes = [.. _merger.Merge(adapter).Values.Select(weight => weight.Length)];
    }

    /// <summary>How many threads take part.</summary>
    public int Threads { get; } = 1;

    /// <summary>Elements of each weight.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>Bytes of them together.</summary>
    public long Bytes => Sizes.Sum(size => (long)size * sizeof(float));

    /// <summary>Merges once.</summary>
    public TimeSpan Time()
    {
        long start = Stopwatch.GetTimestamp();
        _merger.Merge(_adapter);
        return Stopwatch.GetElapsedTime(start);
    }
}
