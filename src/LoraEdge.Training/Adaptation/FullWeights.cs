using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Adaptation;

/// <summary>Every float initializer that takes part in a value is trained: full fine-tuning, and the making of a base model.</summary>
internal sealed class FullWeights : TrainableWeights
{
    private readonly SortedDictionary<string, Tensor> _parameters = new(StringComparer.Ordinal);

    /// <summary>Copies the initializers as parameters in fp32, on the CPU.</summary>
    /// <inheritdoc cref="FullWeights(OnnxGraph, IReadOnlyList{string}, Device)"/>
    public FullWeights(OnnxGraph graph, params string[] values)
        : this(graph, values, null)
    {
    }

    /// <summary>Copies the initializers as parameters in fp32.</summary>
    /// <param name="graph">The model's graph.</param>
    /// <param name="values">Only ancestors of these values are trained.</param>
    /// <param name="device">Where to hold them; null for the CPU.</param>
    /// <exception cref="InvalidOptionsException">No weight leads to the values.</exception>
    public FullWeights(OnnxGraph graph, IReadOnlyList<string> values, Device? device)
    {
        foreach (string name in graph.AncestorsOf(values).SelectMany(node => node.Inputs.Concat(node.CapturedValues)).Distinct())
        {
            if (graph.Initializers.TryGetValue(name, out Initializer? initializer) && IsWeight(graph, initializer))
                _parameters.Add(name, WeightTensors.Create(initializer, device).requires_grad_());
        }

        if (_parameters.Count == 0)
            throw new InvalidOptionsException($"No float32 weight leads to '{string.Join("', '", values)}', so there is nothing to train.");
        (Names, Parameters) = ([.. _parameters.Keys], [.. _parameters.Values]);
    }

    /// <inheritdoc />
    public override IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>The trained initializers, in the order of <see cref="Parameters"/>.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Copies the trained values, by initializer name.</summary>
    public IReadOnlyDictionary<string, float[]> ByName() =>
        Names.Zip(Capture(), (name, values) => (name, values)).ToDictionary(pair => pair.name, pair => pair.values, StringComparer.Ordinal);

    /// <inheritdoc />
    public override Tensor? Replacement(string initializer) =>
        _parameters.TryGetValue(initializer, out Tensor? parameter) ? parameter : null;

    /// <summary>
    /// ONNX does not tell weights from constants. Single numbers, exponents, bounds and scales belong to a formula, what is
    /// sliced to the length of the input is a table (positions, a causal mask), what rotates queries and keys is a table of
    /// angles, and running statistics are no weights.
    /// </summary>
    private static bool IsWeight(OnnxGraph graph, Initializer initializer) =>
        initializer.DataType == OnnxDataType.Float
        && initializer.Dims.Length > 0
        && graph.ConsumersOf(initializer.Name).All(node => !IsFormula(node, initializer.Name));

    private static bool IsFormula(OnnxNode node, string constant) => node.OpType switch
    {
        "Pow" or "Slice" or "Clip" or "Pad" or "Range" or "Resize" or "Upsample" or "RoiAlign" or "QuantizeLinear" or "DequantizeLinear" or "RotaryEmbedding" or "GroupQueryAttention" => true,
        "BatchNormalization" => node.Inputs.Skip(3).Contains(constant),
        _ => false,
    };
}
