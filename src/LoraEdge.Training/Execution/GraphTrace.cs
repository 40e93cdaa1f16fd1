using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Runs the nodes of a graph once, in order, and makes the steps of a plan of them. What follows from constants is folded; a node
/// whose shapes depend on values is prepared anew in every run.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="graph">Its main graph, or one that a node holds.</param>
/// <param name="weights">The frozen weights.</param>
/// <param name="trained">What is trained on top of them; null for nothing.</param>
/// <param name="slots">The plan's values.</param>
/// <param name="planOf">Makes the plan of a graph that a node holds, from what is known of the values that it reads and their content.</param>
internal sealed class GraphTrace(OnnxModel model, OnnxGraph graph, WeightTensors weights, TrainableWeights? trained, PlanSlots slots, SubgraphPlanner planOf)
{
    private readonly List<PlanStep> _steps = [];
    private readonly HashSet<int> _frozen = [];
    private PlanScope _scope = new(graph, null);
    private TrainedParts _trained = new(model, graph, trained);

    /// <summary>The steps so far, in order.</summary>
    public IReadOnlyList<PlanStep> Steps => _steps;

    /// <summary>Gives a value of the graph its slot.</summary>
    public void Define(string name, int slot) => _scope.Define(name, slot);

    /// <summary>Adds the nodes that some values need.</summary>
    /// <param name="wanted">Names of the values.</param>
    /// <param name="given">Values that are there already.</param>
    /// <returns>Slots of the wanted values.</returns>
    public int[] Add(IReadOnlyList<string> wanted, IReadOnlyList<string> given)
    {
        OnnxGraph present = _scope.Graph;
        model.Opsets.TryGetValue("", out long opset);
        IReadOnlyList<OnnxNode> needed = present.AncestorsOf(wanted, given);
        IEnumerable<string> changed = needed.SelectMany(node => node.Outputs).Where(output => _trained.Behind(output) is not null);
        var patterns = new PatternGraph(present, opset, [.. wanted, .. given, .. changed]);
        PlannedNode[] nodes = [.. Fusions.Apply(patterns, needed, node => _trained.Beside(node) is not null)];
        _scope.Carried = CarriedIntegers.Find(nodes, wanted);
        if (weights.Placement.IsNarrow)
            _scope.Narrow = NarrowWeights.Find(nodes, wanted, _trained.Frozen);
        _scope.Expect(nodes.SelectMany(node => node.Inputs.Concat(_trained.Behind(node).Select(behind => behind.Branch.Input))).Concat(wanted));
        foreach (PlannedNode node in nodes)
            Add(node);
        return [.. wanted.Select(SlotOf)];
    }

    private void Add(PlannedNode planned)
    {
        (OnnxNode node, int[] inputs) = (planned.Node, [.. planned.Inputs.Select(SlotOf)]);
        ValueFacts?[] facts = [.. inputs.Select(slot => slot < 0 ? null : slots.Facts[slot])];
        Tensor?[] values = [.. inputs.Select(slots.ValueAt)];
        Func<IReadOnlyList<ValueFacts?>, IReadOnlyList<Tensor?>, NodeContext> contextOf = ContextOf(node, facts);
        OperatorBuilder builder = planned.Builder ?? OperatorTable.Default.Find(node, model.Opsets[node.Domain], out _)!;
        NodeContext context = contextOf(facts, values);
        Operation operation = builder(context);
        if (context.Inlined is { } inner)
        {
            AddInlined(planned, inner);
            return;
        }

        if (!context.TookBranch && context.Branch is not null)
            throw new InvalidOperationException($"{node.OpType} does not add the branch beside its weight.");
        bool varies = context.DependsOnValues || facts.Any(fact => fact is { Varies: true });
        bool constant = !varies && !context.IsRandom && (context.DependsOnShapesOnly || (context.Branch is null && facts.All(fact => fact is null || fact.Constant is not null)));
        Operation always = varies ? PreparedInEveryRun(builder, facts, contextOf) : operation;
        // Most results are as large as the largest input; where they may be larger, the operator has asked for room.
        context.Require(values.All(value => value is null || slots.Memory.HasRoomFor(value)), slots.Memory.Exceeded);
        var step = new PlanStep(node, operation, inputs, [], []);
        // What follows from frozen weights alone is the same in every plan.
        bool frozen = constant && planned.Builder is null && inputs.All(slot => slot < 0 || _frozen.Contains(slot));
        Tensor[] results = frozen ? weights.Folded(node, FormOf(planned, values), () => step.Run(values)) : step.Run(values);
        bool trains = context.Branch is not null || facts.Any(fact => fact is { IsTrained: true });
        int[] outputs = DefineResults(context, planned.Outputs, results, (name, result) => constant ? slots.AddFolded(result, TypeOf(name, result)) : slots.Add(result, varies, trains));
        Forget(planned);
        if (frozen)
            _frozen.UnionWith(outputs);
        if (!constant)
            _steps.Add(step with { Operation = always, Outputs = outputs });
        AddTrained(planned);
    }

    /// <summary>The types that inputs and results are held in: other wanted values can ask for others.</summary>
    private string FormOf(PlannedNode node, Tensor?[] values) =>
        $"{string.Join(" ", values.Select(value => value?.dtype))} to {string.Join(" ", node.Outputs.Select(_scope.Carried.Contains))}";

    /// <summary>What makes a node's context, then and in every run: all but facts and values stays the same.</summary>
    private Func<IReadOnlyList<ValueFacts?>, IReadOnlyList<Tensor?>, NodeContext> ContextOf(OnnxNode node, ValueFacts?[] facts)
    {
        LowRankBranch? branch = _trained.Beside(node);
        Dictionary<string, Subgraph> subgraphs = Subgraph.Of(node, facts, planOf);
        slots.Own(subgraphs.Values);
        ISet<string> carried = _scope.Carried;
        return (present, values) => new NodeContext(node, model.Opsets[node.Domain], present, values, branch) { Subgraphs = subgraphs, Carried = carried, Device = weights.Placement.Device, Memory = slots.Memory };
    }

    private static Operation PreparedInEveryRun(
        OperatorBuilder builder, ValueFacts?[] facts, Func<IReadOnlyList<ValueFacts?>, IReadOnlyList<Tensor?>, NodeContext> contextOf) => inputs =>
    {
        ValueFacts?[] present = [.. facts.Zip(inputs, (fact, input) => input is null || fact!.Constant is not null ? fact : fact with { Type = input.dtype, Shape = input.shape })];
        return builder(contextOf(present, inputs))(inputs);
    };

    private int[] DefineResults(NodeContext context, IReadOnlyList<string> names, Tensor[] results, Func<string, Tensor, int> add)
    {
        var outputs = new int[names.Count];
        for (int i = 0; i < results.Length; i++)
        {
            if (i < names.Count && names[i].Length > 0)
            {
                outputs[i] = add(names[i], results[i]);
                _scope.Define(names[i], outputs[i]);
                continue;
            }

            results[i].Dispose();
            if (i < names.Count)
                outputs[i] = -1;
        }

        context.Require(outputs.All(slot => slot < 0 || slots.Facts[slot].Shape.Length <= NodeContext.MaxRank), $"a result has more than {NodeContext.MaxRank} axes");
        context.Require(slots.Memory.Left >= 0, slots.Memory.Exceeded);
        context.Require(names.Count <= results.Length, $"it names {names.Count} outputs, but the operator has {results.Length}");
        return outputs;
    }

    /// <summary>Puts the nodes of a subgraph into the plan in the place of the node that holds it.</summary>
    private void AddInlined(PlannedNode planned, OnnxGraph inner)
    {
        (PlanScope outerScope, TrainedParts outerTrained) = (_scope, _trained);
        (_scope, _trained) = (new PlanScope(inner, outerScope), new TrainedParts(model, inner, trained));
        int[] results = Add([.. inner.Outputs.Select(output => output.Name)], []);
        (_scope, _trained) = (outerScope, outerTrained);
        for (int i = 0; i < planned.Outputs.Count; i++)
        {
            if (planned.Outputs[i].Length > 0)
                Rename(planned, planned.Outputs[i], results[i]);
        }

        Forget(planned);
    }

    /// <summary>Gives a value of a subgraph the name it has outside. Where it is computed it becomes another one, so that each is disposed once.</summary>
    private void Rename(PlannedNode planned, string name, int slot)
    {
        ValueFacts facts = slots.Facts[slot];
        if (facts.Constant is not null)
        {
            _scope.Define(name, slot);
            return;
        }

        int renamed = slots.Add(slots.ValueAt(slot)!.alias(), facts.Varies, facts.IsTrained);
        _scope.Define(name, renamed);
        _steps.Add(new PlanStep(planned.Node, inputs => [inputs[0]!.alias()], [slot], [renamed], []));
    }

    /// <summary>Adds what is trained behind a node: branches around several nodes, and the change of a weight that a Constant holds.</summary>
    private void AddTrained(PlannedNode planned)
    {
        foreach ((string output, BranchBehind behind) in _trained.Behind(planned))
        {
            Derive(output, behind.Branch.Layer, [SlotOf(output), SlotOf(behind.Input)], values => [behind.Added(values[0]!, values[1]!)]);
            Forget(behind.Input);
        }

        foreach (string output in planned.Outputs)
        {
            if (_trained.ChangedOutput(output) is { } changed)
                Change(output, changed);
        }
    }

    /// <summary>Puts the changed weight in the place of the frozen one.</summary>
    private int Change(string weight, ChangedWeight changed) =>
        Derive(weight, changed.Branches[0].Layer, [SlotOf(weight)], values => [changed.Of(values[0]!)]);

    /// <summary>Puts a result in the place of the first of the inputs that it is made of.</summary>
    private int Derive(string value, AdaptableLayer layer, int[] inputs, Operation operation)
    {
        var step = new PlanStep(layer.Nodes[0], operation, inputs, [], []);
        Tensor result = step.Run([.. inputs.Select(slots.ValueAt)])[0];
        slots.Release(inputs[0]);
        int slot = slots.Add(result, inputs.Any(input => slots.Facts[input].Varies), trains: true);
        _scope.Define(value, slot);
        _steps.Add(step with { Outputs = [slot] });
        return slot;
    }

    private int SlotOf(string name)
    {
        if (name.Length == 0)
            return -1;
        (int slot, Initializer? initializer) = _scope.Find(name);
        if (initializer is null)
            return slot;
        slot = SlotOfWeight(name, initializer);
        _scope.Define(name, slot);
        return _trained.Changed(name, initializer) is { } changed ? Change(name, changed) : slot;
    }

    private int SlotOfWeight(string name, Initializer initializer)
    {
        if (_trained.Replacement(name, initializer) is { } replacement)
            return slots.AddParameter(replacement);
        Tensor weight = _scope.Narrow.Contains(name) ? weights.Narrow(initializer) : weights[initializer];
        int slot = slots.AddConstant(weight, TypeOf(name, weight));
        _frozen.Add(slot);
        return slot;
    }

    /// <summary>Operators are told the type that the model gives a weight, whatever it is held in.</summary>
    private ScalarType TypeOf(string name, Tensor held) => _scope.Narrow.Contains(name) ? ScalarType.Float32 : held.dtype;

    private void Forget(PlannedNode node)
    {
        foreach (string name in node.Inputs.Where(name => name.Length > 0))
            Forget(name);
    }

    private void Forget(string name)
    {
        if (_scope.Read(name) is { } slot)
            slots.Release(slot);
    }
}
