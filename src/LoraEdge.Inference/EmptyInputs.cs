using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>
/// Operators whose kernels in ONNX Runtime divide by the number of sequences or of their steps, and end the process when there
/// are none.
/// </summary>
internal sealed class EmptyInputs
{
    private static readonly HashSet<string> s_sequential = new(StringComparer.Ordinal)
    {
        "LSTM", "GRU", "RNN", "Attention", "com.microsoft.Attention", "com.microsoft.MultiHeadAttention", "com.microsoft.GroupQueryAttention",
    };

    private readonly string _model;
    private readonly string? _node;

    /// <summary>Looks for such operators.</summary>
    public EmptyInputs(OnnxModel model)
    {
        _model = model.Name;
        _node = Find(model.Graph)?.ToString();
    }

    /// <summary>Checks that there is something to compute. A cache, which has four axes, may be empty.</summary>
    /// <exception cref="InvalidInputException">The first axis of an input has size 0, or an input of up to three axes is empty.</exception>
    public void Require(IReadOnlyDictionary<string, HostTensor> inputs)
    {
        if (_node is null)
            return;
        foreach (KeyValuePair<string, HostTensor> input in inputs)
        {
            long[] shape = input.Value.Shape;
            if (shape.Length > 0 && (shape[0] == 0 || (shape.Length <= 3 && shape.Contains(0))))
                throw new InvalidInputException($"The input '{input.Key}' of {_model} is {ModelInputs.Describe(input.Value)}, and the node {_node} cannot run on nothing.");
        }
    }

    private static OnnxNode? Find(OnnxGraph graph) => graph.Nodes
        .SelectMany(node => node.Subgraphs.Select(Find).Prepend(s_sequential.Contains(node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}") ? node : null))
        .FirstOrDefault(node => node is not null);
}
