using System.Diagnostics;
using LoraEdge.Inference;
using LoraEdge.Onnx;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>The merge that is measured: an adapter into all weights of a model that it changes, in memory that is there.</summary>
internal sealed class WeightMerge
{
    private readonly WeightMerger _merger;
    private readonly Adapter _adapter;
    private readonly Dictionary<string, Memory<float>> _destinations;

    /// <param name="model">The frozen model.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="threads">How many threads take part.</param>
    public WeightMerge(OnnxModel model, Adapter adapter, int threads)
    {
        (_merger, _adapter, Threads) = (new WeightMerger(model), adapter, threads);
        _destinations = _merger.Merge(adapter).ToDictionary(weight => weight.Key, weight => weight.Value.AsMemory());
    }

    /// <summary>How many threads take part.</summary>
    public int Threads { get; }

    /// <summary>Elements of each weight.</summary>
    public IReadOnlyList<int> Sizes => [.. _destinations.Values.Select(weight => weight.Length)];

    /// <summary>Bytes of them together.</summary>
    public long Bytes => Sizes.Sum(size => (long)size * sizeof(float));

    /// <summary>Merges once.</summary>
    public TimeSpan Time()
    {
        long start = Stopwatch.GetTimestamp();
        _merger.MergeInto(_adapter, _destinations, Threads);
        return Stopwatch.GetElapsedTime(start);
    }
}
