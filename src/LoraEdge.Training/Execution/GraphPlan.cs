using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// The graph made ready for one set of input shapes: only the ancestors of the wanted values, shape arithmetic and
/// constants already computed, and for every value the step after which it is not needed any more.
/// </summary>
internal sealed class GraphPlan : IDisposable
{
    private readonly IReadOnlyList<Tensor> _folded;

    /// <summary>Assembles a plan; it owns <paramref name="folded"/>.</summary>
    public GraphPlan(int slotCount, IReadOnlyList<PlanStep> steps, IReadOnlyList<(int Slot, string Name)> inputs,
        IReadOnlyList<(int Slot, Tensor Value)> constants, IReadOnlyList<int> outputs, IReadOnlyList<Tensor> folded)
    {
        SlotCount = slotCount;
        Steps = steps;
        Inputs = inputs;
        Constants = constants;
        Outputs = outputs;
        _folded = folded;
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

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor tensor in _folded)
            tensor.Dispose();
    }
}
