using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Builds a <see cref="GraphPlan"/>. Shapes are found by running each operation once on the inputs at hand, so that the
/// operators' own code is the only shape inference there is (libtorch's meta device lacks too many kernels for this). The
/// price is one forward pass per set of shapes, paid once.
/// </summary>
internal sealed class PlanBuilder(OnnxModel model, WeightTensors weights, TrainableWeights? trained, RunLimits limits)
{
    private ValueMemory _memory = new(0);
    private readonly List<ValueFacts> _facts = [];
    private readonly List<PlanStep> _steps = [];
    private readonly List<(int Slot, string Name)> _inputs = [];
    private readonly List<(int Slot, Tensor Value)> _constants = [];
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<int, Tensor> _traced = [];
    private readonly HashSet<int> _frozen = [];
    private PlanScope _scope = new(model.Graph, null);

    /// <summary>Builds the plan for the given inputs (values inside the graph among them, if wanted) and wanted values.</summary>
    /// <exception cref="InvalidOptionsException">The graph has no such value.</exception>
    /// <exception cref="UnsupportedModelException">Nodes that lead to the wanted values cannot be executed; all are listed.</exception>
    /// <exception cref="ModelFormatException">A node cannot work on these shapes.</exception>
    public GraphPlan Build(IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<string> outputs)
    {
        SupportCheck.Require(model, outputs);
        return Build(outputs, inputs.Keys, () => DefineInputs(inputs));
    }

    /// <summary>Computes the wanted values and builds no plan. Results are the caller's.</summary>
    /// <inheritdoc cref="Build(IReadOnlyDictionary{string, Tensor}, IReadOnlyList{string})"/>
    public Tensor[] Trace(IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<string> outputs)
    {
        SupportCheck.Require(model, outputs);
        try
        {
            return Walk(outputs, inputs.Keys, () => DefineInputs(inputs), slots => slots.Select(slot => ValueAt(slot)!.alias()).ToArray());
        }
        finally
        {
            ReleaseOwned();
        }
    }

    private void DefineInputs(IReadOnlyDictionary<string, Tensor> inputs)
    {
        _memory = ValueMemory.For(model, inputs.Values, limits);
        foreach (KeyValuePair<string, Tensor> input in inputs)
            _inputs.Add((Trace(input.Key, input.Value.alias(), trains: input.Value.requires_grad), input.Key));
    }

    /// <summary>Builds the plan of a graph that a node holds, for all of its outputs.</summary>
    /// <param name="graph">The graph; supported.</param>
    /// <param name="facts">What is known of the values of enclosing graphs that it reads.</param>
    /// <param name="values">Their present content, borrowed.</param>
    private GraphPlan Build(OnnxGraph graph, IReadOnlyDictionary<string, ValueFacts> facts, IReadOnlyDictionary<string, Tensor> values)
    {
        _scope = new PlanScope(graph, null);
        _memory = ValueMemory.For(model, values.Values, limits);
        return Build([.. graph.Outputs.Select(output => output.Name)], [], () =>
        {
            foreach (KeyValuePair<string, ValueFacts> captured in facts)
            {
                if (captured.Value.Constant is { } constant)
                    DefineConstant(captured.Key, constant);
                else
                    _inputs.Add((Trace(captured.Key, values[captured.Key].alias(), captured.Value.Varies, captured.Value.IsTrained), captured.Key));
            }
        });
    }

    private GraphPlan Build(IReadOnlyList<string> outputs, IEnumerable<string> given, Action defineInputs)
    {
        try
        {
            return Walk(outputs, given, defineInputs, Assemble);
        }
        catch
        {
            ReleaseOwned();
            throw;
        }
    }

    private T Walk<T>(IReadOnlyList<string> outputs, IEnumerable<string> given, Action defineInputs, Func<int[], T> finish)
    {
        using var _ = no_grad();
        try
        {
            defineInputs();
            AddNodes(outputs, [.. given]);
            return finish([.. outputs.Select(SlotOf)]);
        }
        finally
        {
            foreach (Tensor tensor in _traced.Values)
                Release(tensor);
        }
    }

    private void ReleaseOwned()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }

    private GraphPlan Assemble(int[] wanted)
    {
        PlanStep[] steps = NeededSteps.Select(_steps, wanted, _inputs.Select(input => input.Slot).Concat(_constants.Select(constant => constant.Slot)));
        HashSet<int> used = [.. steps.SelectMany(step => step.Inputs), .. wanted];
        return new GraphPlan(_facts, steps, _inputs, [.. _constants.Where(constant => used.Contains(constant.Slot))], wanted, _owned, _memory);
    }

    private void AddNodes(IReadOnlyList<string> wanted, IReadOnlyList<string> given)
    {
        OnnxGraph graph = _scope.Graph;
        model.Opsets.TryGetValue("", out long opset);
        IReadOnlyList<OnnxNode> needed = graph.AncestorsOf(wanted, given);
        IEnumerable<string> changed = needed.SelectMany(node => node.Outputs).Where(output => BranchBehindOf(output) is not null);
        var patterns = new PatternGraph(graph, opset, [.. wanted, .. given, .. changed]);
        PlannedNode[] nodes = [.. Fusions.Apply(patterns, needed, node => BranchBeside(node) is not null)];
        _scope.Carried = CarriedIntegers.Find(nodes, wanted);
        if (weights.Placement.IsNarrow)
            _scope.Narrow = NarrowWeights.Find(nodes, wanted, FrozenWeight);
        _scope.Expect(nodes.SelectMany(node => node.Inputs.Concat(BehindOf(node).Select(behind => behind.Branch.Input))).Concat(wanted));
        foreach (PlannedNode node in nodes)
            AddNode(node);
    }

    private void AddNode(PlannedNode planned)
    {
        (OnnxNode node, int[] inputs) = (planned.Node, [.. planned.Inputs.Select(SlotOf)]);
        ValueFacts?[] facts = [.. inputs.Select(slot => slot < 0 ? null : _facts[slot])];
        Tensor?[] values = [.. inputs.Select(ValueAt)];
        Func<IReadOnlyList<ValueFacts?>, IReadOnlyList<Tensor?>, NodeContext> contextOf = ContextOf(node, facts);
        OperatorBuilder builder = planned.Builder ?? OperatorTable.Default.Find(node, model.Opsets[node.Domain], out _)!;
        NodeContext context = contextOf(facts, values);
        Operation operation = builder(context);
        if (context.Inlined is { } graph)
        {
            AddInlined(planned, graph);
            return;
        }

        if (!context.TookBranch && context.Branch is not null)
            throw new InvalidOperationException($"{node.OpType} does not add the branch beside its weight.");
        bool varies = context.DependsOnValues || facts.Any(fact => fact is { Varies: true });
        bool constant = !varies && !context.IsRandom && (context.DependsOnShapesOnly || (context.Branch is null && facts.All(fact => fact is null || fact.Constant is not null)));
        Operation always = varies ? PreparedInEveryRun(builder, facts, contextOf) : operation;
        // Most results are as large as the largest input; where they may be larger, the operator has asked for room.
        context.Require(values.All(value => value is null || _memory.HasRoomFor(value)), _memory.Exceeded);
        var step = new PlanStep(node, operation, inputs, [], []);
        // What follows from frozen weights alone is the same in every plan.
        bool frozen = constant && planned.Builder is null && inputs.All(slot => slot < 0 || _frozen.Contains(slot));
        Tensor[] results = frozen ? weights.Folded(node, FormOf(planned, values), () => step.Run(values)) : step.Run(values);
        bool trains = context.Branch is not null || facts.Any(fact => fact is { IsTrained: true });
        int[] outputs = DefineResults(context, planned.Outputs, results, constant, varies, trains);
        Forget(planned);
        if (frozen)
            _frozen.UnionWith(outputs);
        if (!constant)
            _steps.Add(step with { Operation = always, Outputs = outputs });
        foreach ((string output, BranchBehind behind) in BehindOf(planned))
            AddBranchBehind(output, behind);
        foreach (string output in planned.Outputs.Where(output => IsMain && output.Length > 0 && trained?.Changed(output) is not null))
            Change(output, trained!.Changed(output)!);
    }

    /// <summary>The types that inputs and results are held in: other wanted values can ask for others.</summary>
    private string FormOf(PlannedNode node, Tensor?[] values) =>
        $"{string.Join(" ", values.Select(value => value?.dtype))} to {string.Join(" ", node.Outputs.Select(_scope.Carried.Contains))}";

    /// <summary>What makes a node's context, then and in every run: all but facts and values stays the same.</summary>
    private Func<IReadOnlyList<ValueFacts?>, IReadOnlyList<Tensor?>, NodeContext> ContextOf(OnnxNode node, ValueFacts?[] facts)
    {
        LowRankBranch? branch = BranchBeside(node);
        Dictionary<string, Subgraph> subgraphs = SubgraphsOf(node, facts);
        ISet<string> carried = _scope.Carried;
        return (present, values) => new NodeContext(node, model.Opsets[node.Domain], present, values, branch) { Subgraphs = subgraphs, Carried = carried, Device = weights.Placement.Device, Memory = _memory };
    }

    /// <summary>Weights that a subgraph uses are not adapted, and its own may have an adapted one's name.</summary>
    private bool IsMain => ReferenceEquals(_scope.Graph, model.Graph);

    /// <summary>The weight of a Gather is its first input, that of every other operator its second.</summary>
    private LowRankBranch? BranchBeside(OnnxNode node)
    {
        int slot = node.OpType == "Gather" ? 0 : 1;
        return IsMain && slot < node.Inputs.Count ? trained?.BranchOf(node.Inputs[slot]) : null;
    }

    private IEnumerable<(string Output, BranchBehind Branch)> BehindOf(PlannedNode node) =>
        from output in node.Outputs
        let branch = BranchBehindOf(output)
        where branch is not null
        select (output, branch);

    private BranchBehind? BranchBehindOf(string output) => IsMain && output.Length > 0 ? trained?.BranchBehind(output) : null;

    /// <summary>Puts the sum of a value and its branch in the place of the value.</summary>
    private void AddBranchBehind(string value, BranchBehind behind)
    {
        Derive(value, behind.Branch.Layer, [SlotOf(value), SlotOf(behind.Input)], values => [behind.Added(values[0]!, values[1]!)]);
        Forget(behind.Input);
    }

    /// <summary>Puts the changed weight in the place of the frozen one.</summary>
    private int Change(string weight, ChangedWeight changed) =>
        Derive(weight, changed.Branches[0].Layer, [SlotOf(weight)], values => [changed.Of(values[0]!)]);

    /// <summary>Puts a result in the place of the first of the inputs that it is made of.</summary>
    private int Derive(string value, AdaptableLayer layer, int[] inputs, Operation operation)
    {
        var step = new PlanStep(layer.Nodes[0], operation, inputs, [], []);
        Tensor result = step.Run([.. inputs.Select(ValueAt)])[0];
        if (_traced.TryGetValue(inputs[0], out Tensor? original))
            Release(original);
        int slot = Trace(value, result, inputs.Any(input => _facts[input].Varies), trains: true);
        _steps.Add(step with { Outputs = [slot] });
        return slot;
    }

    private Dictionary<string, Subgraph> SubgraphsOf(OnnxNode node, ValueFacts?[] facts)
    {
        var subgraphs = new Dictionary<string, Subgraph>(StringComparer.Ordinal);
        foreach ((string attribute, OnnxGraph graph) in node.GraphAttributes)
        {
            (string Name, int Input)[] captured = [.. node.CapturedValues.Select((name, at) => (name, node.Inputs.Count + at)).Where(value => graph.CapturedValues.Contains(value.name))];
            Dictionary<string, ValueFacts> known = captured.ToDictionary(value => value.Name, value => facts[value.Input]!, StringComparer.Ordinal);
            subgraphs[attribute] = new Subgraph(captured, values => new PlanBuilder(model, weights, trained, limits).Build(graph, known, values));
        }

        _owned.AddRange(subgraphs.Values);
        return subgraphs;
    }

    /// <summary>Puts the nodes of a subgraph into the plan in the place of the node that holds it.</summary>
    private void AddInlined(PlannedNode planned, OnnxGraph graph)
    {
        string[] results = [.. graph.Outputs.Select(output => output.Name)];
        PlanScope outer = _scope;
        _scope = new PlanScope(graph, outer);
        AddNodes(results, []);
        int[] slots = [.. results.Select(SlotOf)];
        _scope = outer;
        for (int i = 0; i < planned.Outputs.Count; i++)
        {
            if (planned.Outputs[i].Length > 0)
                DefineResult(planned, planned.Outputs[i], slots[i]);
        }

        Forget(planned);
    }

    /// <summary>Gives a value of a subgraph the name it has outside. Where it is computed it becomes another one, so that each is disposed once.</summary>
    private void DefineResult(PlannedNode planned, string name, int slot)
    {
        if (_facts[slot].Constant is not null)
            _scope.Define(name, slot);
        else
            _steps.Add(new PlanStep(planned.Node, inputs => [inputs[0]!.alias()], [slot], [Trace(name, ValueAt(slot)!.alias(), _facts[slot].Varies, _facts[slot].IsTrained)], []));
    }

    private static Operation PreparedInEveryRun(
        OperatorBuilder builder, ValueFacts?[] facts, Func<IReadOnlyList<ValueFacts?>, IReadOnlyList<Tensor?>, NodeContext> contextOf) => inputs =>
    {
        ValueFacts?[] present = [.. facts.Zip(inputs, (fact, input) => input is null || fact!.Constant is not null ? fact : fact with { Type = input.dtype, Shape = input.shape })];
        return builder(contextOf(present, inputs))(inputs);
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

        context.Require(slots.All(slot => slot < 0 || _facts[slot].Shape.Length <= NodeContext.MaxRank), $"a result has more than {NodeContext.MaxRank} axes");
        context.Require(_memory.Left >= 0, _memory.Exceeded);
        context.Require(names.Count <= results.Length, $"it names {names.Count} outputs, but the operator has {results.Length}");
        return slots;
    }

    /// <summary>Lets go of what no later node reads, or tracing would need more memory than running.</summary>
    private void Forget(PlannedNode node)
    {
        foreach (string name in node.Inputs.Where(name => name.Length > 0))
            Forget(name);
    }

    private void Forget(string name)
    {
        if (_scope.Read(name) is { } slot && _traced.TryGetValue(slot, out Tensor? value))
            Release(value);
    }

    private void Release(Tensor traced)
    {
        if (traced.IsInvalid)
            return;
        _memory.GiveBack(traced);
        traced.Dispose();
    }

    private int SlotOf(string name)
    {
        if (name.Length == 0)
            return -1;
        (int slot, Initializer? initializer) = _scope.Find(name);
        if (initializer is null)
            return slot;
        bool isMain = model.Graph.Initializers.TryGetValue(name, out Initializer? main) && ReferenceEquals(main, initializer);
        slot = DefineWeight(name, initializer, isMain ? trained?.Replacement(name) : null);
        return isMain && trained?.Changed(name) is { } changed ? Change(name, changed) : slot;
    }

    private int DefineWeight(string name, Initializer initializer, Tensor? replacement)
    {
        int slot;
        if (replacement is null)
        {
            slot = DefineConstant(name, _scope.Narrow.Contains(name) ? weights.Narrow(initializer) : weights[initializer]);
            _frozen.Add(slot);
            return slot;
        }

        slot = Trace(name, replacement.alias(), trains: true);
        _constants.Add((slot, replacement));
        return slot;
    }

    /// <summary>An initializer of the present graph that nothing that is trained takes the place of.</summary>
    private Initializer? FrozenWeight(string name)
    {
        if (!_scope.Graph.Initializers.TryGetValue(name, out Initializer? initializer))
            return null;
        return IsMain && (trained?.Replacement(name) is not null || trained?.Changed(name) is not null) ? null : initializer;
    }

    private int DefineFolded(string name, Tensor value)
    {
        _owned.Add(value);
        _memory.Take(value);
        return DefineConstant(name, value);
    }

    private int DefineConstant(string name, Tensor value)
    {
        // Operators are told the type that the model gives a weight, whatever it is held in.
        ScalarType type = _scope.Narrow.Contains(name) ? ScalarType.Float32 : value.dtype;
        int slot = Define(name, new ValueFacts(type, value.shape, value));
        _constants.Add((slot, value));
        return slot;
    }

    private int Trace(string name, Tensor value, bool varies = false, bool trains = false)
    {
        _memory.Take(value);
        int slot = Define(name, new ValueFacts(value.dtype, value.shape, null, varies, trains && is_floating_point(value.dtype)));
        _traced[slot] = value;
        return slot;
    }

    private int Define(string name, ValueFacts facts)
    {
        _facts.Add(facts);
        _scope.Define(name, _facts.Count - 1);
        return _facts.Count - 1;
    }
}
