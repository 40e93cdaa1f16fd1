using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>Every float initializer that takes part in a value is trained: full fine-tuning, and the making of a base model.</summary>
internal sealed class FullWeights : TrainableWeights
{
    private readonly SortedDictionary<string, Parameter> _parameters = new(StringComparer.Ordinal);

    /// <summary>Copies the initializers as parameters in fp32.</summary>
    /// <param name="graph">The model's graph.</param>
    /// <param name="value">Only ancestors of this value are trained.</param>
    public FullWeights(OnnxGraph graph, string value)
    {
        foreach (string name in graph.AncestorsOf([value]).SelectMany(node => node.Inputs).Distinct())
        {
            if (graph.Initializers.TryGetValue(name, out Initializer? initializer) && initializer.DataType == OnnxDataType.Float)
                _parameters.Add(name, new Parameter(WeightTensors.Create(initializer), requires_grad: true));
        }
    }

    /// <inheritdoc />
    public override IReadOnlyList<Parameter> Parameters => [.. _parameters.Values];

    /// <summary>Copies the trained values, by initializer name.</summary>
    public IReadOnlyDictionary<string, float[]> ByName() =>
        _parameters.Keys.Zip(Capture(), (name, values) => (name, values)).ToDictionary(pair => pair.name, pair => pair.values, StringComparer.Ordinal);

    /// <inheritdoc />
    public override Tensor? Replacement(string initializer) =>
        _parameters.TryGetValue(initializer, out Parameter? parameter) ? parameter : null;
}
