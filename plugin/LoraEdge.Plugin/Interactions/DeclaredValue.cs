using LoraEdge.Onnx;

namespace LoraEdge.Interactions;

/// <summary>
/// What a model declares about one of its values: sizes, and symbols that inputs give a size to. Internal values are not
/// declared, nor need outputs be; what a target does to those is found when it is trained on.
/// </summary>
internal sealed class DeclaredValue
{
    private readonly IReadOnlyList<Dimension> _shape;
    private readonly (string Input, int Axis)[][] _sources;
    private readonly ThreadLocal<long?[]> _sizes;

    public DeclaredValue(OnnxGraph graph, string name)
    {
        _shape = graph.Outputs.FirstOrDefault(output => output.Name == name)?.Shape ?? [];
        _sources = [.. _shape.Select(axis => axis.Symbol is { } symbol ? SourcesOf(graph, symbol) : [])];
        _sizes = new ThreadLocal<long?[]>(() => new long?[_shape.Count]);
    }

    /// <summary>
    /// Sizes of the value's axes for some inputs that fit the model; null where the model does not tell, empty when not even the
    /// rank is declared. Good until the same thread asks again: nothing is allocated.
    /// </summary>
    public IReadOnlyList<long?> ShapeFor(IReadOnlyDictionary<string, HostTensor> inputs)
    {
        long?[] sizes = _sizes.Value!;
        for (int axis = 0; axis < sizes.Length; axis++)
            sizes[axis] = _shape[axis].Size ?? SizeOf(_sources[axis], inputs);
        return sizes;
    }

    private static long? SizeOf((string Input, int Axis)[] sources, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        foreach ((string input, int axis) in sources)
        {
            if (inputs.TryGetValue(input, out HostTensor? tensor))
                return tensor.Shape[axis];
        }

        return null;
    }

    private static (string Input, int Axis)[] SourcesOf(OnnxGraph graph, string symbol) =>
        [.. from input in graph.Inputs
            from axis in Enumerable.Range(0, input.Shape?.Count ?? 0)
            where input.Shape![axis].Symbol == symbol
            select (input.Name, axis)];
}
