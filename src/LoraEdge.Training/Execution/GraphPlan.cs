using LoraEdge.Onnx;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// The graph made ready for one set of input shapes: only the ancestors of the wanted values, shape arithmetic and
/// constants already computed, and for every value the step after which it is not needed any more.
/// </summary>
internal sealed class GraphPlan : IDisposable
{
    private readonly IReadOnlyList<IDisposable> _owned;
    private readonly Dictionary<long, IReadOnlyList<PlanSegment>> _segments = [];

    /// <summary>Assembles a plan; it owns <paramref name="owned"/>: folded values, and what nodes hold.</summary>
    public GraphPlan(IReadOnlyList<ValueFacts> values, IReadOnlyList<PlanStep> steps, IReadOnlyList<(int Slot, string Name)> inputs,
        IReadOnlyList<(int Slot, Tensor Value)> constants, IReadOnlyList<int> outputs, IReadOnlyList<IDisposable> owned, ValueMemory memory)
    {
        Values = values;
        Steps = steps;
        Inputs = inputs;
        Constants = constants;
        Outputs = outputs;
        _owned = owned;
        Memory = values.Any(value => value.Varies) ? memory : null;
    }

    /// <summary>What is known of the value in each slot.</summary>
    public IReadOnlyList<ValueFacts> Values { get; }

    /// <summary>What runs, in order.</summary>
    public IReadOnlyList<PlanStep> Steps { get; }

    /// <summary>Accounts for the values of runs; null where the shapes, and so the memory, are those that the plan was built on.</summary>
    public ValueMemory? Memory { get; }

    /// <summary>Slots that the caller's tensors go to.</summary>
    public IReadOnlyList<(int Slot, string Name)> Inputs { get; }

    /// <summary>Slots that hold weights and folded values, borrowed by every run.</summary>
    public IReadOnlyList<(int Slot, Tensor Value)> Constants { get; }

    /// <summary>Slots of the wanted values, in the order asked for.</summary>
    public IReadOnlyList<int> Outputs { get; }

    /// <summary>Whether a second run on the same inputs would give something else.</summary>
    public bool DrawsNumbers => Steps.Any(step => RandomOperators.Contains(step.Node));

    /// <summary>Bytes of all values through which gradients flow.</summary>
    public long TrainedBytes => PlanCuts.TrainedBytes(this, Steps.SelectMany(step => step.Outputs));

    /// <summary>Runs it. Results are the caller's, also when one is an input or a constant.</summary>
    /// <param name="inputs">The inputs by name, borrowed.</param>
    public Tensor[] Run(IReadOnlyDictionary<string, Tensor> inputs)
    {
        using var values = new PlanValues(this, inputs);
        values.Run(Steps);
        return [.. Outputs.Select(slot => values[slot]!.alias())];
    }

    /// <summary>Where to cut the plan so that a pass keeps no more than so many bytes, if that can be; computed once a target.</summary>
    public IReadOnlyList<PlanSegment> SegmentsFor(long memoryTarget)
    {
        if (!_segments.TryGetValue(memoryTarget, out IReadOnlyList<PlanSegment>? segments))
            _segments[memoryTarget] = segments = PlanCuts.Choose(this, memoryTarget);
        return segments;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }
}
