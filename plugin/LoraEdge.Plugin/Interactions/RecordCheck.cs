using LoraEdge.Inference;
using LoraEdge.Onnx;

namespace LoraEdge.Interactions;

/// <summary>Refuses a record when it is made: one that does not fit would make every later training of the profile fail.</summary>
internal sealed class RecordCheck(OnnxModel model, Objective objective)
{
    private readonly ModelInputs _inputs = new(model);
    private readonly DeclaredValue _value = new(model.Graph, objective.ValueName);

    /// <exception cref="InvalidInputException">The record does not fit the model or the objective.</exception>
    public void Require(IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight)
    {
        _inputs.Require(inputs);
        foreach (KeyValuePair<string, HostTensor> input in inputs)
        {
            if (input.Value.Shape.Length == 0 || input.Value.Shape[0] != 1)
                throw new InvalidInputException($"The input '{input.Key}' of a record has the shape [{string.Join(",", input.Value.Shape)}], but its first axis is the batch axis and must have size 1: record one interaction at a time.");
        }

        if (!(weight >= 0) || float.IsInfinity(weight))
            throw new InvalidInputException($"The weight of a record is {weight}; it must be finite and not negative.");
        if (objective.ProblemWith(target, _value.ShapeFor(inputs)) is { } problem)
            throw new InvalidInputException($"The target of a record does not fit the objective '{objective.ValueName}' ({objective.Loss}): {problem}.");
    }
}
