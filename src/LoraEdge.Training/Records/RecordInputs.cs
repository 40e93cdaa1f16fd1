using LoraEdge.Onnx;

namespace LoraEdge.Training.Records;

/// <summary>What a model asks of a record: its inputs, but for the states that training carries itself.</summary>
/// <param name="model">The model.</param>
/// <param name="objective">The objective.</param>
internal sealed class RecordInputs(OnnxModel model, Objective objective)
{
    private readonly ValueInfo[] _inputs = [.. model.Graph.Inputs.Where(input => objective.States.All(state => state.Input != input.Name))];

    /// <summary>Why a record, or a step of one, does not fit, as the end of a sentence; null when it does.</summary>
    public string? ProblemWith(Interaction record)
    {
        foreach (ValueInfo input in _inputs)
        {
            if (!record.Inputs.TryGetValue(input.Name, out HostTensor? tensor))
                return $"the input '{input.Name}' is missing";
            if ((int)tensor.ElementType != input.ElementType)
                return $"the input '{input.Name}' holds {tensor.ElementType}";
            if (tensor.Shape.Length == 0 || tensor.Shape[0] != 1)
                return $"the first axis of '{input.Name}' is the batch axis and must have size 1 in a record, but the shape is {Describe(tensor.Shape)}";
            if (input.Shape is { } declared && !FitsBehindBatch(declared, tensor.Shape))
                return $"the input '{input.Name}' is declared as [{string.Join(",", declared)}], not {Describe(tensor.Shape)}";
        }

        if (record.Inputs.Count == _inputs.Length)
            return null;
        return objective.States.FirstOrDefault(state => record.Inputs.ContainsKey(state.Input)) is { } state
            ? $"the input '{state.Input}' carries state, which training fills in itself; leave it out of records"
            : $"it has inputs that the model lacks; the model's are: {string.Join(", ", _inputs.Select(input => input.Name))}";
    }

    private static bool FitsBehindBatch(IReadOnlyList<Dimension> declared, long[] shape)
    {
        if (declared.Count != shape.Length)
            return false;
        for (int axis = 1; axis < shape.Length; axis++)
        {
            if (declared[axis].Size is { } size && size != shape[axis])
                return false;
        }

        return true;
    }

    private static string Describe(long[] shape) => $"[{string.Join(",", shape)}]";
}
