using LoraEdge.Onnx;

namespace LoraEdge.Training.Execution;

/// <summary>What a fusion asks of the graph when it looks for its pattern.</summary>
/// <param name="graph">The graph.</param>
/// <param name="opset">Version of ONNX's own operators; 0 when the model has none.</param>
/// <param name="kept">Values that must be computed, or are given, under their own name.</param>
internal sealed class PatternGraph(OnnxGraph graph, long opset, IReadOnlyCollection<string> kept)
{
    /// <summary>Version of ONNX's own operators; 0 when the model has none.</summary>
    public long Opset => opset;

    /// <summary>Whether a node is this operator of ONNX's own, with so many inputs.</summary>
    public bool Is(OnnxNode? node, string operation, int inputs = 2) =>
        node is not null && node.OpType == operation && node.Domain.Length == 0 && node.Inputs.Count == inputs && node.Inputs.All(input => input.Length > 0);

    /// <summary>The node that computes a value, when it is this operator and nothing but one node reads the value; else null.</summary>
    public OnnxNode? OnlyProducerOf(string value, string operation, int inputs = 2)
    {
        OnnxNode? node = graph.ProducerOf(value);
        return Is(node, operation, inputs) && !kept.Contains(value) && IsReadOnce(value) && node!.Outputs.Count == 1 ? node : null;
    }

    /// <summary>A constant of the graph; null when the value is none.</summary>
    public Initializer? InitializerOf(string value) => graph.Initializers.TryGetValue(value, out Initializer? initializer) ? initializer : null;

    /// <summary>The value of a constant number, which gives what it is multiplied with no more axes; null when it is not one.</summary>
    public float? NumberOf(string value) =>
        InitializerOf(value) is { Count: 1, Dims.Length: <= 1, DataType: OnnxDataType.Float } number ? number.ToFloats()[0] : null;

    private bool IsReadOnce(string value) =>
        graph.ConsumersOf(value) is [var reader] && reader.Inputs.Count(input => input == value) == 1
        && graph.Outputs.All(output => output.Name != value);
}
