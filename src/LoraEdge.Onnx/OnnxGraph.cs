using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>The main graph of a model, or one that a node's attribute holds: checked, in execution order, with its values indexed. Immutable.</summary>
public sealed class OnnxGraph
{
    private readonly Dictionary<string, OnnxNode> _producers;
    private readonly Dictionary<string, List<OnnxNode>> _consumers;
    private readonly HashSet<string> _overridable;
    private readonly HashSet<string> _inputs;
    private readonly HashSet<string> _outputs;
    private readonly HashSet<string> _captured = new(StringComparer.Ordinal);

    /// <summary>Indexes a graph whose nodes are in execution order and whose names <see cref="GraphNames"/> has checked.</summary>
    internal OnnxGraph(GraphProto proto, string model, bool initializersAreConstant)
    {
        Model = model;
        Initializers = proto.Initializer.ToDictionary(tensor => tensor.Name, tensor => new Initializer(tensor), StringComparer.Ordinal);
        InitializerNames = [.. Initializers.Keys.OrderBy(name => name, StringComparer.Ordinal)];
        Inputs = [.. proto.Input.Where(input => !Initializers.ContainsKey(input.Name)).Select(input => new ValueInfo(input))];
        Outputs = [.. proto.Output.Select(output => new ValueInfo(output))];
        Nodes = [.. proto.Node.Select((node, index) => new OnnxNode(node, index, model))];
        _overridable = new(initializersAreConstant ? [] : proto.Input.Select(input => input.Name).Where(Initializers.ContainsKey), StringComparer.Ordinal);
        _inputs = new(proto.Input.Select(input => input.Name), StringComparer.Ordinal);
        _outputs = new(proto.Output.Select(output => output.Name), StringComparer.Ordinal);
        _producers = new(StringComparer.Ordinal);
        _consumers = new(StringComparer.Ordinal);
        foreach (OnnxNode node in Nodes)
            IndexValues(node);
    }

    /// <summary>Indexes a graph that a node holds.</summary>
    internal OnnxGraph(GraphProto proto, IReadOnlyCollection<string> captured, string model)
        : this(proto, model, initializersAreConstant: true)
    {
        _captured.UnionWith(captured);
        CapturedValues = [.. captured.OrderBy(name => name, StringComparer.Ordinal)];
    }

    /// <summary>The same graph with other values in some initializers.</summary>
    internal OnnxGraph(OnnxGraph original, IReadOnlyDictionary<string, Initializer> initializers)
    {
        Model = original.Model;
        Initializers = initializers;
        InitializerNames = original.InitializerNames;
        Inputs = original.Inputs;
        Outputs = original.Outputs;
        Nodes = original.Nodes;
        _overridable = original._overridable;
        _inputs = original._inputs;
        _outputs = original._outputs;
        _producers = original._producers;
        _consumers = original._consumers;
    }

    /// <summary>Name of the model, for messages.</summary>
    internal string Model { get; }

    /// <summary>What a caller feeds: the graph's inputs without those that are only initializers with a default.</summary>
    public IReadOnlyList<ValueInfo> Inputs { get; }

    /// <summary>What the graph computes.</summary>
    public IReadOnlyList<ValueInfo> Outputs { get; }

    /// <summary>Values of enclosing graphs that a node's graph reads, in ordinal order; none for the main graph.</summary>
    public IReadOnlyList<string> CapturedValues { get; } = [];

    /// <summary>The nodes, each after those it reads from; nodes that the file has in order stay in the file's order.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; }

    /// <summary>The constant tensors by name.</summary>
    public IReadOnlyDictionary<string, Initializer> Initializers { get; }

    /// <summary>The names of <see cref="Initializers"/> in ordinal order; <see cref="AdapterTarget.InitializerIndex"/> indexes this list.</summary>
    public IReadOnlyList<string> InitializerNames { get; }

    /// <summary>
    /// Whether a caller may replace an initializer at run time because it is a graph input too. Never the case before IR
    /// version 4, where every initializer had to be listed as an input.
    /// </summary>
    public bool IsOverridable(string initializer) => _overridable.Contains(initializer);

    /// <summary>Whether a value is among <see cref="Outputs"/>.</summary>
    internal bool IsOutput(string value) => _outputs.Contains(value);

    /// <summary>The tensor of an initializer, or of the Constant node that a value comes from; null for every other value.</summary>
    /// <exception cref="ModelFormatException">The node's attribute is of another type.</exception>
    public Initializer? ConstantOf(string value) => Initializers.GetValueOrNull(value)
        ?? (ProducerOf(value) is { OpType: "Constant", Domain: "" } constant && constant.Outputs[0] == value ? constant.GetTensor("value") : null);

    /// <summary>The node that computes a value; null for inputs, initializers and names that do not exist.</summary>
    public OnnxNode? ProducerOf(string value) => _producers.GetValueOrNull(value);

    /// <summary>The nodes that read a value, each once, in execution order; nodes whose subgraph captures it are among them.</summary>
    public IReadOnlyList<OnnxNode> ConsumersOf(string value) => _consumers.GetValueOrNull(value) ?? [];

    /// <summary>The nodes needed to compute some values, in execution order.</summary>
    /// <param name="values">Names of values; inputs and initializers need no node.</param>
    /// <param name="given">Values that are there already, so that nothing behind them is needed. Default: none.</param>
    /// <exception cref="ArgumentException">A name does not exist in the graph.</exception>
    public IReadOnlyList<OnnxNode> AncestorsOf(IEnumerable<string> values, IEnumerable<string>? given = null)
    {
        var known = new HashSet<string>(given ?? [], StringComparer.Ordinal);
        var needed = new bool[Nodes.Count];
        var open = new Stack<string>();
        foreach (string wanted in values)
            open.Push(Exists(wanted) ? wanted : throw new ArgumentException($"{Model} has no value named '{wanted}'.", nameof(values)));
        while (open.Count > 0)
        {
            string value = open.Pop();
            if (known.Contains(value) || ProducerOf(value) is not { } node || needed[node.Index])
                continue;
            needed[node.Index] = true;
            foreach (string input in node.Inputs.Concat(node.CapturedValues))
                open.Push(input);
        }

        return [.. Nodes.Where(node => needed[node.Index])];
    }

    private bool Exists(string value) =>
        _producers.ContainsKey(value) || Initializers.ContainsKey(value) || _inputs.Contains(value) || _captured.Contains(value);

    private void IndexValues(OnnxNode node)
    {
        foreach (string output in node.Outputs.Where(output => output.Length > 0))
            _producers.Add(output, node);
        foreach (string value in node.Inputs.Concat(node.CapturedValues).Where(value => value.Length > 0))
        {
            if (!_consumers.TryGetValue(value, out List<OnnxNode>? consumers))
                _consumers.Add(value, consumers = []);
            if (consumers.Count == 0 || consumers[consumers.Count - 1] != node)
                consumers.Add(node);
        }
    }
}
