using System.Runtime.InteropServices;
using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// Divisions of integers whose result does not exist: the smallest number by -1. The processor stops the process for it, and
/// ONNX Runtime, which looks for zeros, does not look for this.
/// </summary>
internal sealed class IntegerDivisions
{
    private readonly string _model;
    private readonly IReadOnlyList<ValueInfo> _inputs;
    private readonly string? _node;

    /// <summary>Looks for divisions whose divisor may be -1.</summary>
    /// <exception cref="ModelFormatException">One divides a constant by what may be -1, and the constant holds the smallest number.</exception>
    public IntegerDivisions(OnnxModel model)
    {
        _model = model.Name;
        _inputs = model.Graph.Inputs;
        foreach ((OnnxGraph graph, OnnxNode node) in NodesOf(model.Graph))
        {
            if (node.Domain.Length > 0 || node.OpType is not ("Div" or "Mod") || node.Inputs.Count != 2 || !MayBe(graph.ConstantOf(node.Inputs[1]), -1, -1))
                continue;
            if (graph.ConstantOf(node.Inputs[0]) is { } dividend && MayBe(dividend, long.MinValue, int.MinValue))
                throw new ModelFormatException($"{_model}: the node {node} divides the smallest integer by -1, which has no result. The file may be damaged: fetch or export it again.");
            _node = node.ToString();
        }
    }

    /// <summary>Checks what is fed to a model that divides by what may be -1.</summary>
    /// <param name="inputs">All inputs that the model declares.</param>
    /// <exception cref="InvalidInputException">It holds the smallest number of its type.</exception>
    public void Require(IReadOnlyDictionary<string, HostTensor> inputs)
    {
        if (_node is null)
            return;

        // Without an enumerator, which would be garbage on the host's thread.
        for (int i = 0; i < _inputs.Count; i++)
        {
            HostTensor tensor = inputs[_inputs[i].Name];
            bool smallest = tensor.ElementType switch
            {
                TensorElementType.Int64 => tensor.AsSpan<long>().IndexOf(long.MinValue) >= 0,
                TensorElementType.Int32 => tensor.AsSpan<int>().IndexOf(int.MinValue) >= 0,
                _ => false,
            };
            if (smallest)
                throw new InvalidInputException($"The input '{_inputs[i].Name}' of {_model} holds the smallest {tensor.ElementType}, which the node {_node} may divide by -1; give numbers within the range that the model is for.");
        }
    }

    private static bool MayBe(Initializer? constant, long wide, int narrow) => constant?.DataType switch
    {
        null => true,
        OnnxDataType.Int64 => MemoryMarshal.Cast<byte, long>(constant.Data.Span).IndexOf(wide) >= 0,
        OnnxDataType.Int32 => MemoryMarshal.Cast<byte, int>(constant.Data.Span).IndexOf(narrow) >= 0,
        _ => false,
    };

    private static IEnumerable<(OnnxGraph Graph, OnnxNode Node)> NodesOf(OnnxGraph graph) =>
        graph.Nodes.SelectMany(node => node.Subgraphs.SelectMany(NodesOf).Prepend((graph, node)));
}
