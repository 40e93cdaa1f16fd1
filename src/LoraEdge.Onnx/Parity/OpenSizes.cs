using System.Globalization;

namespace LoraEdge.Onnx.Parity;

/// <summary>Sizes for the axes that a model leaves open.</summary>
internal sealed class OpenSizes
{
    private const long Batch = 2, Other = 8, Largest = 1L << 32;

    private readonly Dictionary<string, long> _named = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, HostTensor>? _example;

    public OpenSizes(IReadOnlyList<ValueInfo> inputs, IReadOnlyDictionary<string, HostTensor>? example)
    {
        _example = example;
        foreach (ValueInfo input in inputs)
        {
            if (input.Shape is { Count: > 0 } shape && shape[0].Symbol is { } batch)
                _named[batch] = Batch;
        }

        foreach (ValueInfo input in inputs)
        {
            for (int axis = 1; axis < input.Shape?.Count; axis++)
            {
                if (input.Shape[axis].Symbol is { } symbol && !_named.ContainsKey(symbol) && Given(input, axis) is { } size)
                    _named[symbol] = size;
            }
        }
    }

    /// <summary>The shape to feed an input with. Where not even the rank is declared: a matrix, if there is no example.</summary>
    public long[] ShapeOf(ValueInfo input)
    {
        if (input.Shape is { } declared)
            return [.. declared.Select((dimension, axis) => dimension.Size ?? SizeOf(input, axis, dimension.Symbol))];
        return _example?.TryGetValue(input.Name, out HostTensor? tensor) == true ? [.. tensor.Shape] : [Batch, Other];
    }

    private long SizeOf(ValueInfo input, int axis, string? symbol) =>
        symbol is null ? axis == 0 ? Batch : Given(input, axis) ?? Other : SizeOf(symbol);

    // Exporters name a size that is computed from others by the sum, for example "past_length + length".
    private long SizeOf(string symbol) =>
        _named.TryGetValue(symbol, out long size) ? size
            : symbol.Contains('+') ? symbol.Split('+').Aggregate(0L, (sum, part) => Math.Min(Largest, sum + SizeOfPart(part.Trim())))
            : Other;

    private long SizeOfPart(string part) =>
        long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? Math.Min(Largest, number) : SizeOf(part);

    private long? Given(ValueInfo input, int axis) =>
        _example?.TryGetValue(input.Name, out HostTensor? tensor) == true && axis < tensor.Shape.Length ? tensor.Shape[axis] : null;
}
