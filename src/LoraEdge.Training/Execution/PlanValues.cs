using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>The values of one run of a plan, each disposed after its last use.</summary>
internal sealed class PlanValues : IDisposable
{
    private readonly GraphPlan _plan;
    private readonly Tensor?[] _values;

    /// <summary>Puts what the caller gives, and the constants, into their slots.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="given">The caller's tensors by name, borrowed.</param>
    public PlanValues(GraphPlan plan, IReadOnlyDictionary<string, Tensor> given)
    {
        (_plan, _values) = (plan, new Tensor?[plan.Values.Count]);
        foreach ((int slot, string name) in plan.Inputs)
            _values[slot] = given[name];
        foreach ((int slot, Tensor value) in plan.Constants)
            _values[slot] = value;
    }

    /// <summary>The value in a slot; null when it is not computed yet, or not needed any more. What is put in is disposed with the rest.</summary>
    public Tensor? this[int slot]
    {
        get => _values[slot];
        set => _values[slot] = value;
    }

    /// <summary>Runs steps in order.</summary>
    public void Run(IEnumerable<PlanStep> steps)
    {
        foreach (PlanStep step in steps)
            Run(step);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach ((int slot, _) in _plan.Inputs)
            _values[slot] = null;
        foreach ((int slot, _) in _plan.Constants)
            _values[slot] = null;
        foreach (Tensor? value in _values)
            value?.Dispose();
    }

    private void Run(PlanStep step)
    {
        var inputs = new Tensor?[step.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = step.Inputs[i] < 0 ? null : _values[step.Inputs[i]];
        Tensor[] results = step.Run(inputs);
        for (int i = 0; i < results.Length; i++)
        {
            if (i < step.Outputs.Length && step.Outputs[i] >= 0)
                _values[step.Outputs[i]] = results[i];
            else
                results[i].Dispose();
        }

        foreach (int slot in step.LastUses)
        {
            _values[slot]?.Dispose();
            _values[slot] = null;
        }
    }
}
