using LoraEdge.Onnx;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Sequences;

/// <summary>A model that is run one step at a time, on the states that the step before has left.</summary>
internal sealed class SteppedModel
{
    private readonly GraphExecutor _executor;
    private readonly IReadOnlyList<ModelState> _states;
    private readonly int[] _carried;
    private readonly string[] _outputs;
    private readonly string[] _statesOnly;

    /// <param name="model">The model.</param>
    /// <param name="objective">The objective, with states.</param>
    /// <param name="executor">Runs the model, borrowed.</param>
    /// <param name="value">Name of the value that is wanted of a step.</param>
    /// <exception cref="InvalidOptionsException">A state does not fit the model.</exception>
    public SteppedModel(OnnxModel model, Objective objective, GraphExecutor executor, string value)
    {
        (_executor, _states) = (executor, ModelState.Find(model, objective));
        string[] needed = ObjectiveValues.Of(model, objective);
        // A state that the objective does not come to depend on stays zeros, and what leads to it is not run.
        _carried = [.. Enumerable.Range(0, _states.Count).Where(index => needed.Contains(_states[index].Output, StringComparer.Ordinal))];
        _statesOnly = [.. _carried.Select(index => _states[index].Output)];
        _outputs = [value, .. _statesOnly];
    }

    /// <summary>Where the model runs.</summary>
    public Device Device => _executor.Placement.Device;

    /// <summary>How many states are carried from step to step.</summary>
    public int CarriedCount => _carried.Length;

    /// <summary>The states at the start of an episode; the caller's.</summary>
    public CarriedStates Zeros(int sequences) =>
        new(_states, [.. _states.Select(state => zeros(state.ShapeFor(sequences), ElementTypes.FromOnnx((int)state.ElementType)!.Value, device: Device))]);

    /// <summary>Runs one step of a batch; both results are the caller's.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="step">The step.</param>
    /// <param name="states">The states before it, borrowed.</param>
    /// <param name="wantsValue">Whether the value is wanted, or the states alone.</param>
    /// <exception cref="LoraEdgeException">The step cannot be executed, or leaves a state of another shape.</exception>
    public (Tensor? Value, CarriedStates Next) Run(SequenceBatch batch, int step, CarriedStates states, bool wantsValue)
    {
        using CarriedStates present = states.Restarted(batch.RestartsAt(step));
        return WithInputs(batch, step, present, inputs =>
        {
            string[] wanted = wantsValue ? _outputs : _statesOnly;
            Tensor[] results = wanted.Length > 0 ? _executor.Run(inputs, wanted) : [];
            Tensor? value = wantsValue ? results[0] : null;
            return (value, Next(present, results.AsSpan(wantsValue ? 1 : 0), value));
        });
    }

    /// <summary>Bytes that autograd keeps of a step; null when a step that is run again would not give the same.</summary>
    public long? BytesKept(SequenceBatch batch, int step, CarriedStates states) =>
        WithInputs(batch, step, states, inputs => _executor.BytesKept(inputs, _outputs));

    private T WithInputs<T>(SequenceBatch batch, int step, CarriedStates states, Func<IReadOnlyDictionary<string, Tensor>, T> use)
    {
        Dictionary<string, Tensor> inputs = batch.InputsAt(step);
        try
        {
            var all = new Dictionary<string, Tensor>(inputs, StringComparer.Ordinal);
            for (int index = 0; index < states.Count; index++)
                all.Add(_states[index].Input, states[index]);
            return use(all);
        }
        finally
        {
            foreach (Tensor input in inputs.Values)
                input.Dispose();
        }
    }

    private CarriedStates Next(CarriedStates present, ReadOnlySpan<Tensor> results, Tensor? value)
    {
        var next = new Tensor[_states.Count];
        for (int carried = 0; carried < _carried.Length; carried++)
            next[_carried[carried]] = results[carried];
        for (int index = 0; index < next.Length; index++)
            next[index] ??= present[index].alias();
        var states = new CarriedStates(_states, next);
        try
        {
            for (int index = 0; index < next.Length; index++)
                RequireSame(_states[index], present[index], next[index]);
            return states;
        }
        catch
        {
            value?.Dispose();
            states.Dispose();
            throw;
        }
    }

    private static void RequireSame(ModelState state, Tensor before, Tensor after)
    {
        if (after.dtype != before.dtype || !after.shape.SequenceEqual(before.shape))
            throw new InvalidOptionsException($"The output '{state.Output}' is {after.dtype}[{string.Join(",", after.shape)}] after a step, but the input '{state.Input}' that it feeds is {before.dtype}[{string.Join(",", before.shape)}]. Name the output that belongs to the input; a state that grows from step to step cannot be carried.");
    }
}
