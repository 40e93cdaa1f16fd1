namespace LoraEdge.Inference;

/// <summary>The content of an <c>.onnx</c> file into which one adapter after another is merged. For one thread at a time.</summary>
/// <param name="prepared">The model.</param>
internal sealed class TemplateBytes(PreparedModel prepared)
{
    // The weights that an adapter before has changed.
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>The content.</summary>
    public byte[] Content { get; } = prepared.Model.ToBytes();

    /// <summary>Merges an adapter; every other weight is the frozen one. When it fails, the content is of no use until the next time.</summary>
    /// <param name="merger">Merges it.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="weights">The weights that it changes.</param>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection or shape, or makes a weight that is not finite.</exception>
    /// <exception cref="ModelFormatException">The frozen weight itself is not finite.</exception>
    public void Merge(WeightMerger merger, Adapter adapter, IReadOnlyCollection<string> weights)
    {
        _changed.UnionWith(weights);
        merger.MergeInto(adapter, _changed.ToDictionary(name => name, Place, StringComparer.Ordinal));
        _changed.IntersectWith(weights);
    }

    private Memory<float> Place(string weight)
    {
        (int start, int count) = prepared.Adaptable[weight];
        return new FloatMemory(Content, start, count).Memory;
    }
}
