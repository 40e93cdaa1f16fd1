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

    /// <summary>The value in a slot; null when it is not computed yet, or not needed any more.</summary>
    public Tensor? this[int slot] => _values[slot];

    /// <summary>Puts a value into a slot; it is disposed with the rest.</summary>
    public void Put(int slot, Tensor value)
    {
        _plan.Memory?.Take(value);
        _values[slot] = value;
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
        for (int slot = 0; slot < _values.Length; slot++)
            Release(slot);
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
                Put(step.Outputs[i], results[i]);
            else
                results[i].Dispose();
        }

        if (_plan.Memory is { Left: < 0 } memory)
            throw new InvalidInputException($"Node '{step.Node.DisplayName}' ({step.Node.OpType}): {memory.Exceeded}; give smaller inputs.");
        foreach (int slot in step.LastUses)
            Release(slot);
    }

    private void Release(int slot)
    {
        if (_values[slot] is not { } value)
            return;
        _plan.Memory?.GiveBack(value);
        value.Dispose();
        _values[slot] = null;
    }
}
