using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Builds a <see cref="GraphPlan"/>. Shapes are found by running each operation once on the inputs at hand, so that the
/// operators' own code is the only shape inference there is (libtorch's meta device lacks too many kernels for this). The
/// price is one forward pass per set of shapes, paid once.
/// </summary>
internal sealed class PlanBuilder(OnnxModel model, WeightTensors weights, TrainableWeights? trained)
{
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly List<ValueFacts> _facts = [];
    private readonly List<PlanStep> _steps = [];
    private readonly List<(int Slot, string Name)> _inputs = [];
    private readonly List<(int Slot, Tensor Value)> _constants = [];
    private readonly List<Tensor> _folded = [];
    private readonly Dictionary<int, Tensor> _traced = [];
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private ISet<string> _carried = new HashSet<string>();

    /// <summary>Builds the plan for the given inputs (values inside the graph among them, if wanted) and wanted values.</summary>
    /// <exception cref="InvalidOptionsException">The graph has no such value.</exception>
    /// <exception cref="UnsupportedModelException">Nodes that lead to the wanted values cannot be executed; all are listed.</exception>
    /// <exception cref="ModelFormatException">A node cannot work on these shapes.</exception>
    public GraphPlan Build(IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<string> outputs)
    {
        using var _ = no_grad();
        SupportCheck.Require(model, outputs);
        PlannedNode[] nodes = [.. Fusions.Apply(model, model.Graph.AncestorsOf(outputs, inputs.Keys), [.. outputs, .. inputs.Keys])];
        _carried = CarriedIntegers.Find(nodes, outputs);
        foreach (string name in nodes.SelectMany(node => node.Inputs))
            _uses[name] = _uses.TryGetValue(name, out int uses) ? uses + 1 : 1;
        try
        {
            foreach (KeyValuePair<string, Tensor> input in inputs)
                _inputs.Add((Trace(input.Key, input.Value.alias()), input.Key));
            foreach (PlannedNode node in nodes)
                AddNode(node);
            return Assemble([.. outputs.Select(SlotOf)]);
        }
        catch
        {
            foreach (Tensor tensor in _folded)
                tensor.Dispose();
            throw;
        }
        finally
        {
            foreach (Tensor tensor in _traced.Values)
                tensor.Dispose();
        }
    }

    private GraphPlan Assemble(int[] wanted)
    {
        PlanStep[] steps = NeededSteps.Select(_steps, wanted, _inputs.Select(input => input.Slot).Concat(_constants.Select(constant => constant.Slot)));
        HashSet<int> used = [.. steps.SelectMany(step => step.Inputs), .. wanted];
        return new GraphPlan(_facts, steps, _inputs, [.. _constants.Where(constant => used.Contains(constant.Slot))], wanted, _folded);
    }

    private void AddNode(PlannedNode planned)
    {
        (OnnxNode node, int[] inputs) = (planned.Node, [.. planned.Inputs.Select(SlotOf)]);
        ValueFacts?[] facts = [.. inputs.Select(slot => slot < 0 ? null : _facts[slot])];
        Tensor?[] values = [.. inputs.Select(ValueAt)];
        LowRankBranch? branch = node.Inputs.Count > 1 ? trained?.BranchOf(node.Inputs[1]) : null;
        OperatorBuilder builder = planned.Builder ?? OperatorTable.Default.Find(node, model.Opsets[node.Domain], out _)!;
        var context = new NodeContext(node, model.Opsets[node.Domain], facts, values, branch) { Carried = _carried };
        Operation operation = builder(context);
        bool varies = context.DependsOnValues || facts.Any(fact => fact is { Varies: true });
        bool constant = !varies && !context.IsRandom && (context.DependsOnShapesOnly || (branch is null && facts.All(fact => fact is null || fact.Constant is not null)));
        Operation always = varies ? PreparedInEveryRun(builder, node, facts, branch) : operation;
        var step = new PlanStep(node, operation, inputs, [], []);
        Tensor[] results = step.Run(values);
        bool trains = branch is not null || facts.Any(fact => fact is { IsTrained: true });
        int[] outputs = DefineResults(context, planned.Outputs, results, constant, varies, trains);
        Forget(planned);
        if (!constant)
            _steps.Add(step with { Operation = always, Outputs = outputs });
    }

    private Operation PreparedInEveryRun(OperatorBuilder builder, OnnxNode node, ValueFacts?[] facts, LowRankBranch? branch) => inputs =>
    {
        ValueFacts?[] present = [.. facts.Zip(inputs, (fact, input) => input is null ? null : fact! with { Type = input.dtype, Shape = input.shape })];
        return builder(new NodeContext(node, model.Opsets[node.Domain], present, inputs, branch) { Carried = _carried })(inputs);
    };

    private Tensor? ValueAt(int slot) => slot < 0 ? null : _facts[slot].Constant ?? _traced[slot];

    private int[] DefineResults(NodeContext context, IReadOnlyList<string> names, Tensor[] results, bool constant, bool varies, bool trains)
    {
        var slots = new int[names.Count];
        for (int i = 0; i < results.Length; i++)
        {
            if (i < names.Count && names[i].Length > 0)
            {
                slots[i] = constant ? DefineFolded(names[i], results[i]) : Trace(names[i], results[i], varies, trains);
                continue;
            }

            results[i].Dispose();
            if (i < names.Count)
                slots[i] = -1;
        }

        context.Require(names.Count <= results.Length, $"it names {names.Count} outputs, but the operator has {results.Length}");
        return slots;
    }

    /// <summary>Lets go of what no later node reads, or tracing would need more memory than running.</summary>
    private void Forget(PlannedNode node)
    {
        foreach (string name in node.Inputs.Where(name => name.Length > 0 && --_uses[name] == 0))
        {
            if (_traced.TryGetValue(_slots[name], out Tensor? value))
                value.Dispose();
        }
    }

    private int SlotOf(string name)
    {
        if (name.Length == 0)
            return -1;
        if (_slots.TryGetValue(name, out int slot))
            return slot;
        if (trained?.Replacement(name) is not { } replacement)
            return DefineConstant(name, weights[name]);
        slot = Trace(name, replacement.alias(), trains: true);
        _constants.Add((slot, replacement));
        return slot;
    }

    private int DefineFolded(string name, Tensor value)
    {
        _folded.Add(value);
        return DefineConstant(name, value);
    }

    private int DefineConstant(string name, Tensor value)
    {
        int slot = Define(name, new ValueFacts(value.dtype, value.shape, value));
        _constants.Add((slot, value));
        return slot;
    }

    private int Trace(string name, Tensor value, bool varies = false, bool trains = false)
    {
        int slot = Define(name, new ValueFacts(value.dtype, value.shape, null, varies, trains && is_floating_point(value.dtype)));
        _traced[slot] = value;
        return slot;
    }

    private int Define(string name, ValueFacts facts)
    {
        _facts.Add(facts);
        return _slots[name] = _facts.Count - 1;
    }
}
