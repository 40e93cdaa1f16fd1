using LoraEdge.Onnx;

namespace LoraEdge.Interactions;

/// <summary>
/// What a model declares about one of its values: sizes, and symbols that inputs give a size to. Internal values are not
/// declared, nor need outputs be; what a target does to those is found when it is trained on.
/// </summary>
internal sealed class DeclaredValue(OnnxGraph graph, string name)
{
    private readonly IReadOnlyList<Dimension> _shape = graph.Outputs.FirstOrDefault(output => output.Name == name)?.Shape ?? [];

    /// <summary>Sizes of the value's axes for some inputs that fit the model; null where the model does not tell, empty when not even the rank is declared.</summary>
    public IReadOnlyList<long?> ShapeFor(IReadOnlyDictionary<string, HostTensor> inputs) =>
        [.. _shape.Select(axis => axis.Size ?? (axis.Symbol is { } symbol ? SizeOf(symbol, inputs) : null))];

    private long? SizeOf(string symbol, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        foreach (ValueInfo input in graph.Inputs.Where(input => inputs.ContainsKey(input.Name)))
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
