using LoraEdge.Onnx;
using LoraEdge.Training.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// Builds a <see cref="GraphPlan"/>. Shapes are found by running each operation once on the inputs at hand, so that the
/// operators' own code is the only shape inference there is (libtorch's meta device lacks too many kernels for this). The
/// price is one forward pass per set of shapes, paid once.
/// </summary>
internal sealed class PlanBuilder(OnnxModel model, OperatorTable operators, WeightTensors weights, TrainableWeights? trained)
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
    /// <exception cref="ModelFormatException">A node cannot work on these shapes.</exception>
    public GraphPlan Build(IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<string> outputs)
    {
        using var _ = no_grad();
        IReadOnlyList<OnnxNode> nodes = model.Graph.AncestorsOf(outputs);
        foreach (string name in nodes.SelectMany(node => node.Inputs))
            _uses[name] = _uses.TryGetValue(name, out int uses) ? uses + 1 : 1;
        try
        {
            foreach (KeyValuePair<string, Tensor> input in inputs)
                _inputs.Add((Trace(input.Key, input.Value.alias()), input.Key));
            foreach (OnnxNode node in nodes)
                AddNode(node);
            int[] wanted = [.. outputs.Select(SlotOf)];
            return new GraphPlan(_facts.Count, LastUses.Assign(_steps, Permanent(wanted)), _inputs, UsedConstants(wanted), wanted, _folded);
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

    private HashSet<int> Permanent(int[] outputs) => [.. outputs, .. _inputs.Select(input => input.Slot), .. _constants.Select(constant => constant.Slot)];

    private List<(int Slot, Tensor Value)> UsedConstants(int[] outputs)
    {
        HashSet<int> used = [.. _steps.SelectMany(step => step.Inputs), .. outputs];
        return [.. _constants.Where(constant => used.Contains(constant.Slot))];
    }

    private void AddNode(OnnxNode node)
    {
        int[] inputs = [.. node.Inputs.Select(SlotOf)];
        ValueFacts?[] facts = [.. inputs.Select(slot => slot < 0 ? null : _facts[slot])];
        OperatorBuilder builder = operators.Find(node, OpsetOf(node), out string reason)
            ?? throw new UnsupportedModelException(model.Name, [new UnsupportedNode(node.DisplayName, node.OpType, OpsetOf(node), reason)]);
        var context = new NodeContext(node, OpsetOf(node), facts);
        Operation operation = builder(context);
        bool constant = context.DependsOnShapesOnly || facts.All(fact => fact is null || fact.Constant is not null);
        Tensor[] results = operation([.. inputs.Select(ValueAt)]);
        int[] outputs = [.. node.Outputs.Select((name, index) => DefineResult(name, results[index], constant))];
        Forget(node);
        if (!constant)
            _steps.Add(new PlanStep(WithBranch(node, operation), inputs, outputs, []));
    }

    private Operation WithBranch(OnnxNode node, Operation operation) =>
        trained is not null && node.Inputs.Count > 1 && trained.BranchOf(node.Inputs[1]) is { } branch
            ? AdaptedProduct.Build(node, operation, branch)
            : operation;

    private Tensor? ValueAt(int slot) => slot < 0 ? null : _facts[slot].Constant ?? _traced[slot];

    private int DefineResult(string name, Tensor result, bool constant)
    {
        if (name.Length == 0)
        {
            result.Dispose();
            return -1;
        }

        if (!constant)
            return Trace(name, result);
        _folded.Add(result);
        return DefineConstant(name, result);
    }

    /// <summary>Lets go of what no later node reads, or tracing would need more memory than running.</summary>
    private void Forget(OnnxNode node)
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
        if (trained?.Replacement(name) is { } replacement)
        {
            slot = Trace(name, replacement.alias());
            _constants.Add((slot, replacement));
            return slot;
        }

        return weights.Has(name)
            ? DefineConstant(name, weights[name])
            : throw new InvalidOptionsException($"{model.Name} has no value '{name}'; name an input, an output or an internal value of the graph.");
    }

    private int DefineConstant(string name, Tensor value)
    {
        int slot = Define(name, new ValueFacts(value.dtype, value.shape, value));
        _constants.Add((slot, value));
        return slot;
    }

    private int Trace(string name, Tensor value)
    {
        int slot = Define(name, new ValueFacts(value.dtype, value.shape, null));
        _traced[slot] = value;
        return slot;
    }

    private int Define(string name, ValueFacts facts)
    {
        _facts.Add(facts);
        return _slots[name] = _facts.Count - 1;
    }

    private long OpsetOf(OnnxNode node) => model.Opsets.TryGetValue(node.Domain, out long version) ? version : 1;
}
