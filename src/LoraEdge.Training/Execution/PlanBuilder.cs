using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Builds a <see cref="GraphPlan"/>. Shapes are found by running each operation once on the inputs at hand, so that the
/// operators' own code is the only shape inference there is (libtorch's meta device lacks too many kernels for this). The
/// price is one forward pass per set of shapes, paid once.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="weights">Its frozen weights, borrowed.</param>
/// <param name="trained">What is trained on top of them, borrowed; null for nothing.</param>
/// <param name="limits">What a run may take.</param>
internal sealed class PlanBuilder(OnnxModel model, WeightTensors weights, TrainableWeights? trained, RunLimits limits)
{
    /// <summary>Builds the plan for the given inputs (values inside the graph among them, if wanted) and wanted values.</summary>
    /// <exception cref="InvalidOptionsException">The graph has no such value.</exception>
    /// <exception cref="UnsupportedModelException">Nodes that lead to the wanted values cannot be executed; all are listed.</exception>
    /// <exception cref="ModelFormatException">A node cannot work on these shapes.</exception>
    public GraphPlan Build(IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<string> outputs)
    {
        SupportCheck.Require(model, outputs);
        var slots = new PlanSlots(ValueMemory.For(model, inputs.Values, limits));
        return Plan(slots, TraceOf(model.Graph, slots), trace => Follow(slots, trace, inputs, outputs));
    }

    /// <summary>Computes the wanted values and builds no plan. Results are the caller's.</summary>
    /// <inheritdoc cref="Build(IReadOnlyDictionary{string, Tensor}, IReadOnlyList{string})"/>
    public Tensor[] Trace(IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<string> outputs)
    {
        SupportCheck.Require(model, outputs);
        var slots = new PlanSlots(ValueMemory.For(model, inputs.Values, limits));
        try
        {
            return Traced(slots, () => Follow(slots, TraceOf(model.Graph, slots), inputs, outputs).Select(slot => slots.ValueAt(slot)!.alias()).ToArray());
        }
        finally
        {
            slots.ReleaseOwned();
        }
    }

    private GraphPlan Build(OnnxGraph graph, IReadOnlyDictionary<string, ValueFacts> facts, IReadOnlyDictionary<string, Tensor> values)
    {
        var slots = new PlanSlots(ValueMemory.For(model, values.Values, limits));
        return Plan(slots, TraceOf(graph, slots), trace =>
        {
            foreach (KeyValuePair<string, ValueFacts> captured in facts)
            {
                ValueFacts known = captured.Value;
                trace.Define(captured.Key, known.Constant is { } constant
                    ? slots.AddConstant(constant, constant.dtype)
                    : slots.AddInput(captured.Key, values[captured.Key].alias(), known.Varies, known.IsTrained));
            }

            return trace.Add([.. graph.Outputs.Select(output => output.Name)], []);
        });
    }

    private GraphTrace TraceOf(OnnxGraph graph, PlanSlots slots) => new(model, graph, weights, trained, slots, Build);

    private static int[] Follow(PlanSlots slots, GraphTrace trace, IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<string> outputs)
    {
        foreach (KeyValuePair<string, Tensor> input in inputs)
            trace.Define(input.Key, slots.AddInput(input.Key, input.Value.alias(), varies: false, trains: input.Value.requires_grad));
        return trace.Add(outputs, [.. inputs.Keys]);
    }

    private static GraphPlan Plan(PlanSlots slots, GraphTrace trace, Func<GraphTrace, int[]> follow)
    {
        try
        {
            return Traced(slots, () => Assemble(slots, trace, follow(trace)));
        }
        catch
        {
            slots.ReleaseOwned();
            throw;
        }
    }

    private static T Traced<T>(PlanSlots slots, Func<T> follow)
    {
        using var _ = no_grad();
        try
        {
            return follow();
        }
        finally
        {
            slots.ReleaseAll();
        }
    }

    private static GraphPlan Assemble(PlanSlots slots, GraphTrace trace, int[] wanted)
    {
        PlanStep[] steps = NeededSteps.Select(trace.Steps, wanted, slots.Inputs.Select(input => input.Slot).Concat(slots.Constants.Select(constant => constant.Slot)));
        HashSet<int> used = [.. steps.SelectMany(step => step.Inputs), .. wanted];
        return new GraphPlan(slots.Facts, steps, slots.Inputs, [.. slots.Constants.Where(constant => used.Contains(constant.Slot))], wanted, slots.Owned, slots.Memory);
    }
}
