using LoraEdge.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>The B tables of an attached session, of one capacity. Place 0 holds zeros. Released when the owner has closed it and its last run has ended.</summary>
internal sealed class TableMemory
{
    private readonly float[][] _tables;
    private readonly IReadOnlyList<int> _sizes;
    private readonly IReadOnlyList<TableInput> _inputs;
    private readonly List<OrtValue> _values = [];
    private readonly UseCount _uses;

    /// <summary>Allocates tables of zeros.</summary>
    /// <param name="sizes">Elements of one B, <c>out*r</c>, by layer.</param>
    /// <param name="inputs">The model's inputs that read them.</param>
    /// <param name="capacity">Number of places.</param>
    /// <exception cref="InvalidOptionsException">A table would be larger than an array can be.</exception>
    public TableMemory(IReadOnlyList<int> sizes, IReadOnlyList<TableInput> inputs, int capacity)
    {
        if (sizes.Any(size => (long)size * capacity > int.MaxValue))
            throw new InvalidOptionsException($"Tables for {capacity} players do not fit: the largest layer has {sizes.Max()} numbers a player, and a table holds up to {int.MaxValue}. Remove players, or spread them over several sessions.");
        (_sizes, _inputs, Capacity) = (sizes, inputs, capacity);
        _uses = new UseCount(Release);
        _tables = [.. sizes.Select(size => new float[size * capacity])];
        foreach (TableInput input in inputs)
            _values.Add(OrtValue.CreateTensorValueFromMemory(_tables[input.Layer], [(long)capacity * input.RowsPerPlayer, .. input.RowShape]));
    }

    /// <summary>Number of places.</summary>
    public int Capacity { get; }

    /// <summary>What is fed, in the order of the inputs.</summary>
    public IReadOnlyList<OrtValue> Values => _values;

    /// <summary>Begins a use; false when the tables are closed.</summary>
    public bool TryEnter() => _uses.TryEnter();

    /// <summary>Ends a use.</summary>
    public void Leave() => _uses.Leave();

    /// <summary>Ends the owner's use.</summary>
    public void Close() => _uses.Close();

    /// <summary>Fills a place that no run reads.</summary>
    /// <param name="slot">The place.</param>
    /// <param name="b"><c>s*B</c> by layer; null is zeros.</param>
    public void Write(int slot, IReadOnlyList<float[]?> b)
    {
        for (int layer = 0; layer < _tables.Length; layer++)
        {
            Span<float> place = _tables[layer].AsSpan(slot * _sizes[layer], _sizes[layer]);
            if (b[layer] is { } values)
                values.CopyTo(place);
            else
                place.Clear();
        }
    }

    /// <summary>Larger tables with the same content.</summary>
    public TableMemory Grown(int capacity)
    {
        var grown = new TableMemory(_sizes, _inputs, capacity);
        for (int layer = 0; layer < _tables.Length; layer++)
            _tables[layer].CopyTo(grown._tables[layer], 0);
        return grown;
    }

    private void Release()
    {
        foreach (OrtValue value in _values)
            value.Dispose();
    }
}
