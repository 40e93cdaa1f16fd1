using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// The graph made ready for one set of input shapes: only the ancestors of the wanted values, shape arithmetic and
/// constants already computed, and for every value the step after which it is not needed any more.
/// </summary>
internal sealed class GraphPlan : IDisposable
{
    private readonly IReadOnlyList<IDisposable> _owned;

    /// <summary>Assembles a plan; it owns <paramref name="owned"/>: folded values, and what nodes hold.</summary>
    public GraphPlan(int slotCount, IReadOnlyList<PlanStep> steps, IReadOnlyList<(int Slot, string Name)> inputs,
        IReadOnlyList<(int Slot, Tensor Value)> constants, IReadOnlyList<int> outputs, IReadOnlyList<IDisposable> owned)
    {
        SlotCount = slotCount;
        Steps = steps;
        Inputs = inputs;
        Constants = constants;
        Outputs = outputs;
        _owned = owned;
    }

    /// <summary>Number of values the plan keeps track of.</summary>
    public int SlotCount { get; }

    /// <summary>What runs, in order.</summary>
    public IReadOnlyList<PlanStep> Steps { get; }

    /// <summary>Slots that the caller's tensors go to.</summary>
    public IReadOnlyList<(int Slot, string Name)> Inputs { get; }

    /// <summary>Slots that hold weights and folded values, borrowed by every run.</summary>
    public IReadOnlyList<(int Slot, Tensor Value)> Constants { get; }

    /// <summary>Slots of the wanted values, in the order asked for.</summary>
    public IReadOnlyList<int> Outputs { get; }

    /// <summary>Runs it. Results are the caller's, also when one is an input or a constant.</summary>
    /// <param name="inputs">The inputs by name, borrowed.</param>
    public Tensor[] Run(IReadOnlyDictionary<string, Tensor> inputs)
    {
        var values = new Tensor?[SlotCount];
        Load(inputs, values);
        try
        {
            foreach (PlanStep step in Steps)
                RunStep(step, values);
            return [.. Outputs.Select(slot => values[slot]!.alias())];
        }
        finally
        {
            Release(values);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }

    private void Load(IReadOnlyDictionary<string, Tensor> inputs, Tensor?[] values)
    {
        foreach ((int slot, string name) in Inputs)
            values[slot] = inputs[name];
        foreach ((int slot, Tensor value) in Constants)
            values[slot] = value;
    }

    private static void RunStep(PlanStep step, Tensor?[] values)
    {
        var inputs = new Tensor?[step.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = step.Inputs[i] < 0 ? null : values[step.Inputs[i]];
        Tensor[] results = step.Run(inputs);
        for (int i = 0; i < results.Length; i++)
        {
            if (i < step.Outputs.Length && step.Outputs[i] >= 0)
                values[step.Outputs[i]] = results[i];
            else
                results[i].Dispose();
        }

        foreach (int slot in step.LastUses)
        {
            values[slot]?.Dispose();
            values[slot] = null;
        }
    }

    private void Release(Tensor?[] values)
    {
        foreach ((int slot, _) in Inputs)
            values[slot] = null;
        foreach ((int slot, _) in Constants)
            values[slot] = null;
        foreach (Tensor? value in values)
            value?.Dispose();
    }
}
