using LoraEdge.Onnx;

namespace LoraEdge.Interactions;

/// <summary>
/// What a model declares about one of its values: sizes, and symbols that inputs give a size to. Internal values are not
/// declared, nor need outputs be; what a target does to those is found when it is trained on.
/// </summary>
internal sealed class DeclaredValue
{
    private readonly OnnxGraph _graph;
    private readonly IReadOnlyList<Dimension> _shape;
    private readonly long?[]? _always;

    /// <param name="graph">The model's graph.</param>
    /// <param name="name">Name of the value.</param>
    public DeclaredValue(OnnxGraph graph, string name)
    {
        _graph = graph;
        _shape = graph.Outputs.FirstOrDefault(output => output.Name == name)?.Shape ?? [];
        if (_shape.All(axis => axis.Symbol is not { } symbol || IsBatch(symbol)))
            _always = [.. _shape.Select(axis => axis.Size ?? (axis.Symbol is null ? null : 1L))];
    }

    /// <summary>
    /// Sizes of the value's axes for the inputs of a record that fits the model; null where the model does not tell, empty when
    /// not even the rank is declared.
    /// </summary>
    public IReadOnlyList<long?> ShapeFor(IReadOnlyDictionary<string, HostTensor> inputs) =>
        _always ?? [.. _shape.Select(axis => axis.Size ?? (axis.Symbol is { } symbol ? SizeOf(symbol, inputs) : null))];

    /// <summary>Whether a size is that of the first axis of an input, which is 1 in a record.</summary>
    private bool IsBatch(string symbol) => _graph.Inputs.Any(input => input.Shape is { Count: > 0 } shape && shape[0].Symbol == symbol);

    private long? SizeOf(string symbol, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        foreach (ValueInfo input in _graph.Inputs.Where(input => inputs.ContainsKey(input.Name)))
        {
            for (int axis = 0; axis < input.Shape?.Count; axis++)
            {
                if (input.Shape[axis].Symbol == symbol)
                    return inputs[input.Name].Shape[axis];
            }
        }

        return null;
    }
}
