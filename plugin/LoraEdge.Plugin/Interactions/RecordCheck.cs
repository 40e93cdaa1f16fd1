using LoraEdge.Inference;
using LoraEdge.Onnx;

namespace LoraEdge.Interactions;

/// <summary>Refuses a record when it is made: one that does not fit would make every later training of the profile fail.</summary>
internal sealed class RecordCheck(OnnxModel model, Objective objective)
{
    private readonly ModelInputs _inputs = new(model);
    private readonly DeclaredValue _value = new(model.Graph, objective.ValueName);
    private readonly StateInputs _states = new(model, objective);
    private readonly string[] _names = [.. model.Graph.Inputs.Select(input => input.Name).Except(ModelState.Find(model, objective).Select(state => state.Input))];

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

    /// <summary>The same for a record that stands for itself; allocates nothing where it fits and the model carries no state.</summary>
    /// <exception cref="InvalidInputException">The record does not fit the model or the objective.</exception>
    public void Require(IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight)
    {
        RequireStep(inputs, target, weight, mayLackTarget: false);
        if (_states.Any && objective.BurnIn > 0)
            Require(new Interaction(inputs, target, weight));
    }

    private void RequireStep(IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight, bool mayLackTarget)
    {
        _inputs.Require(_states.AddTo(inputs));
        foreach (string name in _names)
        {
            if (inputs[name].Shape is { Length: 0 } or [not 1, ..])
                throw new InvalidInputException($"The input '{name}' of a record has the shape [{string.Join(",", inputs[name].Shape)}], but its first axis is the batch axis and must have size 1: record one interaction at a time.");
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
