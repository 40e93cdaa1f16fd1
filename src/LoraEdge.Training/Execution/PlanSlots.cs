using static TorchSharp.torch;

namespace LoraEdge.Training.Execution;

/// <summary>
/// The values of a plan while it is made: a slot for each, what is known of it, and its content for as long as a later node reads
/// it, or forever where it is constant.
/// </summary>
/// <param name="memory">Accounts for the contents.</param>
internal sealed class PlanSlots(ValueMemory memory)
{
    private readonly List<ValueFacts> _facts = [];
    private readonly List<(int Slot, string Name)> _inputs = [];
    private readonly List<(int Slot, Tensor Value)> _constants = [];
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<int, Tensor> _traced = [];

    /// <summary>Accounts for the contents.</summary>
    public ValueMemory Memory => memory;

    /// <summary>What is known of the value in each slot.</summary>
    public IReadOnlyList<ValueFacts> Facts => _facts;

    /// <summary>Slots that the caller's tensors go to.</summary>
    public IReadOnlyList<(int Slot, string Name)> Inputs => _inputs;

    /// <summary>Slots of weights and folded values.</summary>
    public IReadOnlyList<(int Slot, Tensor Value)> Constants => _constants;

    /// <summary>What the plan disposes in the end: folded values, and what nodes hold.</summary>
    public IReadOnlyList<IDisposable> Owned => _owned;

    /// <summary>The present content of a slot, borrowed; null for an omitted one.</summary>
    public Tensor? ValueAt(int slot) => slot < 0 ? null : _facts[slot].Constant ?? _traced[slot];

    /// <summary>A value that every run is given, with its content in the run that the plan is made on; taken over.</summary>
    public int AddInput(string name, Tensor value, bool varies, bool trains)
    {
        int slot = Add(value, varies, trains);
        _inputs.Add((slot, name));
        return slot;
    }

    /// <summary>A value that every run computes, with its content in the run that the plan is made on; taken over.</summary>
    public int Add(Tensor value, bool varies, bool trains)
    {
        memory.Take(value);
        int slot = Add(new ValueFacts(value.dtype, value.shape, null, varies, trains && is_floating_point(value.dtype)));
        _traced[slot] = value;
        return slot;
    }

    /// <summary>A constant that somebody else owns.</summary>
    /// <param name="value">The content, borrowed.</param>
    /// <param name="type">The type that operators are told, whatever it is held in.</param>
    public int AddConstant(Tensor value, ScalarType type)
    {
        int slot = Add(new ValueFacts(type, value.shape, value));
        _constants.Add((slot, value));
        return slot;
    }

    /// <summary>A constant that nodes made of others; taken over.</summary>
    /// <param name="value">The content.</param>
    /// <param name="type">The type that operators are told, whatever it is held in.</param>
    public int AddFolded(Tensor value, ScalarType type)
    {
        _owned.Add(value);
        memory.Take(value);
        return AddConstant(value, type);
    }

    /// <summary>A weight that is trained: every run borrows the parameter, and its content is none that can be folded.</summary>
    public int AddParameter(Tensor parameter)
    {
        int slot = Add(parameter.alias(), varies: false, trains: true);
        _constants.Add((slot, parameter));
        return slot;
    }

    /// <summary>Something that the plan is to dispose in the end.</summary>
    public void Own(IEnumerable<IDisposable> owned) => _owned.AddRange(owned);

    /// <summary>Lets go of the content of a slot, or making a plan would need more memory than running it.</summary>
    public void Release(int slot)
    {
        if (!_traced.TryGetValue(slot, out Tensor? value) || value.IsInvalid)
            return;
        memory.GiveBack(value);
        value.Dispose();
    }

    /// <summary>Lets go of all contents but constants.</summary>
    public void ReleaseAll()
    {
        foreach (int slot in _traced.Keys)
            Release(slot);
    }

    /// <summary>Disposes what the plan would own, where there is going to be none.</summary>
    public void ReleaseOwned()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }

    private int Add(ValueFacts facts)
    {
        _facts.Add(facts);
        return _facts.Count - 1;
    }
}
