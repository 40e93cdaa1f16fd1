using LoraEdge.Onnx;

namespace LoraEdge.TestKit;

/// <summary>A model of one adaptable layer, with an input for it.</summary>
/// <param name="Name">What is special about the layer.</param>
/// <param name="Build">Builds the model; its output is <c>y</c>, float32.</param>
/// <param name="Inputs">The input, by name.</param>
public sealed record LayerModel(string Name, Func<OnnxModel> Build, IReadOnlyDictionary<string, HostTensor> Inputs)
{
    /// <inheritdoc />
    public override string ToString() => Name;
}
