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

    /// <summary>Builds the plan for the given inputs and wanted values.</summary>
    /// <exception cref="InvalidOptionsException">The graph has no such value.</exception>
    /// <exception cref="UnsupportedModelException">Nodes that lead to the wanted values cannot be executed; all are listed.</exception>
    /// <exception cref="ModelFormatException">A node cannot work on these shapes.</exception>
    public GraphPlan Build(IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<string> outputs)
    {
        using var _ = no_grad();
        SupportCheck.Require(model, outputs);
        PlannedNode[] nodes = [.. BiasFusion.Apply(model.Graph, model.Graph.AncestorsOf(outputs), outputs)];
        foreach (string name in nodes.SelectMany(node => node.Inputs.Concat(BehindOf(node).Select(behind => behind.Branch.Input))))
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
        return new GraphPlan(_facts.Count, steps, _inputs, [.. _constants.Where(constant => used.Contains(constant.Slot))], wanted, _folded);
    }

    private void AddNode(PlannedNode planned)
    {
        (OnnxNode node, int[] inputs) = (planned.Node, [.. planned.Inputs.Select(SlotOf)]);
        ValueFacts?[] facts = [.. inputs.Select(slot => slot < 0 ? null : _facts[slot])];
        Tensor?[] values = [.. inputs.Select(ValueAt)];
        LowRankBranch? branch = BranchBeside(node);
        OperatorBuilder builder = OperatorTable.Default.Find(node, model.Opsets[node.Domain], out _)!;
        var context = new NodeContext(node, model.Opsets[node.Domain], facts, values, branch);
        Operation operation = builder(context);
        if (branch is not null && !context.TookBranch)
            throw new InvalidOperationException($"{node.OpType} does not add the branch beside its weight.");
        bool varies = context.DependsOnValues || facts.Any(fact => fact is { Varies: true });
        bool constant = !varies && !context.IsRandom && (context.DependsOnShapesOnly || (branch is null && facts.All(fact => fact is null || fact.Constant is not null)));
        Operation always = varies ? PreparedInEveryRun(builder, node, facts, branch) : operation;
        var step = new PlanStep(node, operation, inputs, [], []);
        Tensor[] results = step.Run(values);
        int[] outputs = DefineResults(context, planned.Outputs, results, constant, varies);
        Forget(planned);
        if (!constant)
            _steps.Add(step with { Operation = always, Outputs = outputs });
        foreach ((string output, BranchBehind behind) in BehindOf(planned))
            AddBranchBehind(output, behind);
        foreach (string output in planned.Outputs.Where(output => output.Length > 0 && trained?.Changed(output) is not null))
            Change(output, trained!.Changed(output)!);
    }

    /// <summary>The weight of a Gather is its first input, that of every other operator its second.</summary>
    private LowRankBranch? BranchBeside(OnnxNode node)
    {
        int slot = node.OpType == "Gather" ? 0 : 1;
        return slot < node.Inputs.Count ? trained?.BranchOf(node.Inputs[slot]) : null;
    }

    private IEnumerable<(string Output, BranchBehind Branch)> BehindOf(PlannedNode node) =>
        from output in node.Outputs
        let branch = output.Length > 0 ? trained?.BranchBehind(output) : null
        where branch is not null
        select (output, branch);

    /// <summary>Puts the sum of a value and its branch in the place of the value.</summary>
    private void AddBranchBehind(string value, BranchBehind behind)
    {
        int[] inputs = [_slots[value], SlotOf(behind.Input)];
        Derive(value, behind.Branch.Layer, inputs, values => [behind.Added(values[0]!, values[1]!)]);
        ForgetOnce(behind.Input);
    }

    /// <summary>Puts the changed weight in the place of the frozen one.</summary>
    private void Change(string weight, ChangedWeight changed) =>
        Derive(weight, changed.Branches[0].Layer, [_slots[weight]], values => [changed.Of(values[0]!)]);

    /// <summary>Puts a result in the place of the first of the inputs that it is made of.</summary>
    private void Derive(string value, AdaptableLayer layer, int[] inputs, Operation operation)
    {
        var step = new PlanStep(layer.Nodes[0], operation, inputs, [], []);
        Tensor result = step.Run([.. inputs.Select(ValueAt)])[0];
        if (_traced.TryGetValue(inputs[0], out Tensor? original))
            original.Dispose();
        _steps.Add(step with { Outputs = [Trace(value, result, inputs.Any(slot => _facts[slot].Varies))] });
    }

    private Operation PreparedInEveryRun(OperatorBuilder builder, OnnxNode node, ValueFacts?[] facts, LowRankBranch? branch) => inputs =>
    {
        ValueFacts?[] present = [.. facts.Zip(inputs, (fact, input) => input is null ? null : fact! with { Type = input.dtype, Shape = input.shape })];
        return builder(new NodeContext(node, model.Opsets[node.Domain], present, inputs, branch))(inputs);
    };

    private Tensor? ValueAt(int slot) => slot < 0 ? null : _facts[slot].Constant ?? _traced[slot];

    private int[] DefineResults(NodeContext context, IReadOnlyList<string> names, Tensor[] results, bool constant, bool varies)
    {
        var slots = new int[names.Count];
        for (int i = 0; i < results.Length; i++)
        {
            if (i < names.Count && names[i].Length > 0)
            {
                slots[i] = constant ? DefineFolded(names[i], results[i]) : Trace(names[i], results[i], varies);
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
        foreach (string name in node.Inputs.Where(name => name.Length > 0))
            ForgetOnce(name);
    }

    private void ForgetOnce(string name)
    {
        if (--_uses[name] == 0 && _traced.TryGetValue(_slots[name], out Tensor? value))
            value.Dispose();
    }

    private int SlotOf(string name)
    {
        if (name.Length == 0)
            return -1;
        if (_slots.TryGetValue(name, out int slot))
            return slot;
        DefineWeight(name);
        if (trained?.Changed(name) is { } changed)
            Change(name, changed);
        return _slots[name];
    }

    private void DefineWeight(string name)
    {
        if (trained?.Replacement(name) is { } replacement)
            _constants.Add((Trace(name, replacement.alias()), replacement));
        else
            DefineConstant(name, weights[name]);
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

    private int Trace(string name, Tensor value, bool varies = false)
    {
        int slot = Define(name, new ValueFacts(value.dtype, value.shape, null, varies));
        _traced[slot] = value;
        return slot;
    }

    private int Define(string name, ValueFacts facts)
    {
        _facts.Add(facts);
        return _slots[name] = _facts.Count - 1;
    }
}
