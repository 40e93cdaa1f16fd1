using LoraEdge.Onnx;

namespace LoraEdge.Training.Execution;

/// <summary>The names of one graph while its nodes are added to a plan. What it does not define itself is the enclosing graph's.</summary>
/// <param name="graph">The graph.</param>
/// <param name="outer">The enclosing one; null for the graph that the plan is for.</param>
internal sealed class PlanScope(OnnxGraph graph, PlanScope? outer)
{
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);

    /// <summary>The graph.</summary>
    public OnnxGraph Graph { get; } = graph;

    /// <summary>Names of the quantized values that are carried as floats.</summary>
    public ISet<string> Carried { get; set; } = new HashSet<string>();

    /// <summary>Names of the float32 weights that are held in half precision.</summary>
    public ISet<string> Narrow { get; set; } = new HashSet<string>();

    private PlanScope? Outer { get; } = outer;

    /// <summary>The slot of a value that is defined already, or the initializer that it is.</summary>
    public (int Slot, Initializer? Initializer) Find(string name)
    {
        for (PlanScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._slots.TryGetValue(name, out int slot))
                return (slot, null);
            if (scope.Graph.Initializers.TryGetValue(name, out Initializer? initializer))
                return (-1, initializer);
        }

        throw new InvalidOperationException($"'{name}' is read before it is computed.");
    }

    /// <summary>Gives a value of this graph its slot.</summary>
    public void Define(string name, int slot) => _slots[name] = slot;

    /// <summary>Announces that values are going to be read, once for every time they are listed.</summary>
    public void Expect(IEnumerable<string> reads)
    {
        foreach (string name in reads)
            _uses[name] = _uses.TryGetValue(name, out int uses) ? uses + 1 : 1;
    }

    /// <summary>Notes that an expected read has happened.</summary>
    /// <returns>The slot of a value of this graph that nothing will read any more; null otherwise.</returns>
    public int? Read(string name) => --_uses[name] == 0 && _slots.TryGetValue(name, out int slot) ? slot : null;
}
