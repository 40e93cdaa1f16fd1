using LoraEdge.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference;

/// <summary>The B tables of an attached session, of one capacity. Place 0 holds zeros. Released when the owner has closed it and its last run has ended.</summary>
internal sealed class TableMemory
{
    private readonly float[][] _tables;
    private readonly IReadOnlyList<int> _sizes;
    private readonly AttachedModel _model;
    private readonly OrtValue[] _values;
    private readonly string[] _names;
    private readonly TableFeed?[] _feeds;
    private readonly UseCount _uses;

    /// <summary>Allocates tables of zeros.</summary>
    /// <param name="sizes">Elements of one B, <c>out*r</c>, by layer.</param>
    /// <param name="model">The model that reads them.</param>
    /// <param name="capacity">Number of places.</param>
    /// <exception cref="InvalidOptionsException">A table would be larger than an array can be.</exception>
    public TableMemory(IReadOnlyList<int> sizes, AttachedModel model, int capacity)
    {
        if (sizes.Any(size => (long)size * capacity > int.MaxValue))
            throw new InvalidOptionsException($"Tables for {capacity} players do not fit: the largest layer has {sizes.Max()} numbers a player, and a table holds up to {int.MaxValue}. Remove players, or spread them over several sessions.");
        (_sizes, _model, Capacity) = (sizes, model, capacity);
        _uses = new UseCount(Release);
        _tables = [.. sizes.Select(size => new float[size * capacity])];
        _values = [.. model.Tables.Select(input => OrtValue.CreateTensorValueFromMemory(_tables[input.Layer], [(long)capacity * input.RowsPerPlayer, .. input.RowShape]))];
        _names = [model.Players, .. model.Tables.Select(table => table.Name)];
        _feeds = new TableFeed?[capacity];
        ServingMetrics.AddMemory(ServingMode.Attached, Bytes);
    }

    /// <summary>Number of places.</summary>
    public int Capacity { get; }

    /// <summary>Begins a use; false when the tables are closed.</summary>
    public bool TryEnter() => _uses.TryEnter();

    /// <summary>Ends a use.</summary>
    public void Leave() => _uses.Leave();

    /// <summary>Ends the owner's use.</summary>
    public void Close() => _uses.Close();

    /// <summary>What a run of one player is fed: the same object for the same place. Called within a use, by one thread at a time.</summary>
    public TableFeed FeedOf(int slot) => _feeds[slot] ??= FeedOf([slot]);

    /// <summary>What a run of several players is fed, for the caller to dispose. Called within a use.</summary>
    /// <param name="slots">The place of each row's B.</param>
    public TableFeed FeedOf(long[] slots) => new(this, _names, OrtValue.CreateTensorValueFromMemory(slots, [slots.Length]), _values);

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
        var grown = new TableMemory(_sizes, _model, capacity);
        for (int layer = 0; layer < _tables.Length; layer++)
            _tables[layer].CopyTo(grown._tables[layer], 0);
        return grown;
    }

    private long Bytes => _tables.Sum(table => table.LongLength * sizeof(float));

    private void Release()
    {
        ServingMetrics.AddMemory(ServingMode.Attached, -Bytes);
        foreach (TableFeed? feed in _feeds)
            feed?.Dispose();
        foreach (OrtValue value in _values)
            value.Dispose();
    }
}
