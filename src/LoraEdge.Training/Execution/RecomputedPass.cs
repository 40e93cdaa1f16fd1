using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// A pass that keeps only what crosses from one segment to the next, and computes each segment again when the backward pass
/// reaches it. The last segment is the first to be needed, so it is kept.
/// </summary>
internal sealed class RecomputedPass : IForwardPass
{
    private readonly GraphPlan _plan;
    private readonly IReadOnlyDictionary<string, Tensor> _inputs;
    private readonly IReadOnlyList<PlanSegment> _segments;
    private readonly Dictionary<int, Tensor>[] _entries;
    private readonly Dictionary<int, Tensor> _gradients = [];
    private readonly PlanValues _last;
    private Dictionary<int, Tensor> _lastLeaves = [];

    /// <summary>Runs the segments forward.</summary>
    /// <param name="plan">The plan, with one wanted value.</param>
    /// <param name="inputs">The caller's tensors, borrowed until the pass is disposed.</param>
    /// <param name="segments">The plan's segments.</param>
    public RecomputedPass(GraphPlan plan, IReadOnlyDictionary<string, Tensor> inputs, IReadOnlyList<PlanSegment> segments)
    {
        (_plan, _inputs, _segments) = (plan, inputs, segments);
        _entries = [.. segments.Select(_ => new Dictionary<int, Tensor>())];
        _last = new PlanValues(plan, inputs);
        try
        {
            RunForward();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public Tensor Value => _last[_plan.Outputs[0]]!;

    /// <inheritdoc />
    public void Backward(Tensor gradient)
    {
        if (!Value.requires_grad)
            return;
        _gradients[_plan.Outputs[0]] = gradient.alias();
        Differentiate(_segments[^1], _last, _lastLeaves);
        for (int segment = _segments.Count - 2; segment >= 0 && _gradients.Count > 0; segment--)
        {
            using var values = new PlanValues(_plan, _inputs);
            Dictionary<int, Tensor> leaves = Enter(values, segment);
            values.Run(_segments[segment].Steps);
            Differentiate(_segments[segment], values, leaves);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _last.Dispose();
        foreach (Tensor tensor in _entries.SelectMany(entries => entries.Values).Concat(_gradients.Values).Concat(_lastLeaves.Values))
            tensor.Dispose();
    }

    private void RunForward()
    {
        using (no_grad())
        {
            using var values = new PlanValues(_plan, _inputs);
            for (int segment = 0; segment < _segments.Count; segment++)
            {
                foreach (int slot in _segments[segment].Entries)
                    _entries[segment][slot] = values[slot]!.alias();
                if (segment < _segments.Count - 1)
                    values.Run(_segments[segment].Steps);
            }
        }

        _lastLeaves = Enter(_last, _segments.Count - 1);
        _last.Run(_segments[^1].Steps);
    }

    /// <summary>Puts a segment's entries into their slots; those that gradients flow through become leaves.</summary>
    private Dictionary<int, Tensor> Enter(PlanValues values, int segment)
    {
        var leaves = new Dictionary<int, Tensor>();
        foreach (KeyValuePair<int, Tensor> entry in _entries[segment])
        {
            if (_plan.Values[entry.Key].IsTrained)
                leaves[entry.Key] = entry.Value.detach().requires_grad_();
            // A slot is disposed after its last use, and the leaf has to outlive that.
            values.Put(entry.Key, (leaves.TryGetValue(entry.Key, out Tensor? leaf) ? leaf : entry.Value).alias());
        }

        return leaves;
    }

    /// <summary>Differentiates the values of a segment whose gradients are known, and hands on the gradients of its entries.</summary>
    private void Differentiate(PlanSegment segment, PlanValues values, Dictionary<int, Tensor> leaves)
    {
        int[] known = [.. segment.Steps.SelectMany(step => step.Outputs).Where(_gradients.ContainsKey)];

        // A value may turn out not to depend on what is trained, behind an operation without a gradient.
        int[] dependent = [.. known.Where(slot => values[slot]!.requires_grad)];
        if (dependent.Length > 0)
            autograd.backward([.. dependent.Select(slot => values[slot]!)], [.. dependent.Select(slot => _gradients[slot])]);
        foreach (int slot in known)
        {
            _gradients[slot].Dispose();
            _gradients.Remove(slot);
        }

        foreach (KeyValuePair<int, Tensor> leaf in leaves)
        {
            using (leaf.Value)
            {
                if (leaf.Value.grad is { } gradient)
                    Add(leaf.Key, gradient);
            }
        }

        leaves.Clear();
    }

    private void Add(int slot, Tensor gradient)
    {
        if (!_gradients.TryGetValue(slot, out Tensor? sum))
        {
            _gradients[slot] = gradient;
            return;
        }

        using (sum)
        using (gradient)
            _gradients[slot] = sum.add(gradient, Number.One);
    }
}
