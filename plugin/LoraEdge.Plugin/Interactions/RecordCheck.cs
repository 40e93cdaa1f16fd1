using LoraEdge.Inference;
using LoraEdge.Onnx;

namespace LoraEdge.Interactions;

/// <summary>Refuses a record when it is made: one that does not fit would make every later training of the profile fail.</summary>
internal sealed class RecordCheck(OnnxModel model, Objective objective)
{
    private readonly ModelInputs _inputs = new(model);
    private readonly DeclaredValue _value = new(model.Graph, objective.ValueName);
    private readonly StateInputs _states = new(model, objective);

    /// <summary>Checks a single interaction; for a model without states nothing is allocated.</summary>
    /// <exception cref="InvalidInputException">The record does not fit the model or the objective.</exception>
    public void Require(IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight)
    {
        if (_states.Any)
            Require(new Interaction(inputs, target, weight));
        else
            RequireStep(inputs, target, weight, mayLackTarget: false);
    }

    /// <summary>Checks any record.</summary>
    /// <exception cref="InvalidInputException">The record does not fit the model or the objective.</exception>
    public void Require(Interaction record)
    {
        if (record.Steps.Count > 0 && !_states.Any)
            throw new InvalidInputException($"{model.Name} carries no state from step to step, as far as the objective says, so there are no sequences to learn. Record the steps one by one, or name the model's states in {nameof(Objective)}.{nameof(objective.States)}.");
        RequireWeight(record.Weight);
        IReadOnlyList<Interaction> steps = record.Steps.Count > 0 ? record.Steps : [record];
        foreach (Interaction step in steps)
            RequireStep(step.Inputs, step.Target, step.Weight, mayLackTarget: record.Steps.Count > 0);
        if (_states.Any && steps.Skip(objective.BurnInOf(record)).All(step => step.Target.IsNone))
            throw new InvalidInputException($"Nothing of the record would be learned: none of its {steps.Count} steps has a target behind the first {objective.BurnInOf(record)}, which are burn-in.");
    }

    private void RequireStep(IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight, bool mayLackTarget)
    {
        _inputs.Require(_states.AddTo(inputs));
        for (int i = 0; i < _inputs.Declared.Count; i++)
        {
            string name = _inputs.Declared[i].Name;
            if (inputs.TryGetValue(name, out HostTensor? tensor) && (tensor.Shape.Length == 0 || tensor.Shape[0] != 1))
                throw new InvalidInputException($"The input '{name}' of a record has the shape [{string.Join(",", tensor.Shape)}], but its first axis is the batch axis and must have size 1: record one interaction at a time.");
        }

        RequireWeight(weight);
        if (mayLackTarget && target.IsNone)
            return;
        if (objective.ProblemWith(target, _value.ShapeFor(inputs)) is { } problem)
            throw new InvalidInputException($"The target of a record does not fit the objective '{objective.ValueName}' ({objective.Loss}): {problem}.");
    }

    private static void RequireWeight(float weight)
    {
        if (!(weight >= 0) || float.IsInfinity(weight))
            throw new InvalidInputException($"The weight of a record is {weight}; it must be finite and not negative.");
    }
}
