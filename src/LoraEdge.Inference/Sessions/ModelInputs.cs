using LoraEdge.Onnx;

namespace LoraEdge.Inference;

/// <summary>The inputs that a model declares: what every tensor is checked against before it reaches native code. Immutable.</summary>
public sealed class ModelInputs
{
    private readonly string _model;
    private readonly IReadOnlyList<ValueInfo> _declared;
    private readonly bool _needsRows;

    /// <summary>Reads a model's declarations.</summary>
    /// <param name="model">The model.</param>
    public ModelInputs(OnnxModel model)
    {
        _model = model.Name;
        _declared = model.Graph.Inputs;
        _needsRows = NeedsRows(model.Graph);
    }

    /// <summary>The declared inputs, in the model's order.</summary>
    public IReadOnlyList<ValueInfo> Declared => _declared;

    /// <summary>Checks that tensors have the declared names, element types and shapes.</summary>
    /// <param name="inputs">Tensors by input name.</param>
    /// <exception cref="InvalidInputException">An input is missing, unknown, or of another type or shape.</exception>
    public void Require(IReadOnlyDictionary<string, HostTensor> inputs)
    {
        // Without an enumerator, which would be garbage on the host's thread.
        for (int i = 0; i < _declared.Count; i++)
        {
            ValueInfo declared = _declared[i];
            if (!inputs.TryGetValue(declared.Name, out HostTensor? tensor) || tensor is null)
                throw new InvalidInputException($"The input '{declared.Name}' of {_model} is missing. {Expected()}");
            if ((int)tensor.ElementType != declared.ElementType || !Fits(declared.Shape, tensor.Shape))
                throw new InvalidInputException($"The input '{declared.Name}' is {Describe(tensor)}, which does not fit {_model}. {Expected()}");
            if (_needsRows && IsWithoutRows(tensor))
                throw new InvalidInputException($"The input '{declared.Name}' is {Describe(tensor)}, and {_model} has attention, recurrent or Unique nodes, in which ONNX Runtime ends the process over such sizes. Run it on one row or more.");
        }

        if (inputs.Count != _declared.Count)
            throw new InvalidInputException($"{_model} has no input '{inputs.Keys.First(name => _declared.All(input => input.Name != name))}'. {Expected()}");
    }

    /// <summary>The number of rows of a batch: the first axis of the first input that has axes; 1 where none has.</summary>
    internal long RowsOf(IReadOnlyDictionary<string, HostTensor> inputs) =>
        _declared.Select(input => inputs[input.Name]).FirstOrDefault(tensor => tensor.Shape.Length > 0)?.Shape[0] ?? 1;

    internal static string Describe(HostTensor tensor) => $"{tensor.ElementType}[{string.Join(",", tensor.Shape)}]";

    private static bool NeedsRows(OnnxGraph graph) =>
        graph.Nodes.Any(node => node.OpType is "Unique" or "LSTM" or "GRU" or "RNN" || node.OpType.EndsWith("Attention", StringComparison.Ordinal) || node.Subgraphs.Any(NeedsRows));

    /// <summary>Whether there is nothing to run on: no row, or no token. The keys and values of a sequence that begins are empty with reason.</summary>
    private static bool IsWithoutRows(HostTensor tensor) =>
        tensor.Count == 0 && (tensor.Shape[0] == 0 || tensor.Shape.Length < 4);

    private static bool Fits(IReadOnlyList<Dimension>? declared, long[] shape)
    {
        if (declared is null)
            return true;
        if (declared.Count != shape.Length)
            return false;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (declared[axis].Size is { } size && size != shape[axis])
                return false;
        }

        return true;
    }

    private string Expected() => $"Its inputs are {string.Join(", ", _declared.Select(Describe))}.";

    private static string Describe(ValueInfo input) =>
        $"'{input.Name}' {(TensorElementType)input.ElementType}[{(input.Shape is { } shape ? string.Join(",", shape) : "any shape")}]";
}
