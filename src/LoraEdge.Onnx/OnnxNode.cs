using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>One operator application of a graph. Immutable.</summary>
public sealed class OnnxNode
{
    private readonly Dictionary<string, AttributeProto> _attributes;
    private readonly Dictionary<string, Initializer> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxGraph> _graphs = new(StringComparer.Ordinal);
    private readonly string _model;

    internal OnnxNode(NodeProto proto, int index, string model)
    {
        Proto = proto;
        Index = index;
        _model = model;
        Domain = OpsetImports.Normalize(proto.Domain);
        Inputs = [.. proto.Input];
        Outputs = [.. proto.Output];
        DisplayName = NodeNames.Display(proto);
        CapturedValues = SubgraphScope.Captures(proto, model);
        _attributes = NodeNames.ByName(proto, model);
        foreach (AttributeProto attribute in proto.Attribute.Where(attribute => attribute.T is not null))
            _tensors.Add(attribute.Name, new Initializer(attribute.T));
        foreach (AttributeProto attribute in proto.Attribute.Where(attribute => attribute.G is not null))
            _graphs.Add(attribute.Name, new OnnxGraph(attribute.G, SubgraphScope.FreeValues(attribute.G, DisplayName, model), model));
        Subgraphs = [.. _graphs.Values, .. proto.Attribute.SelectMany(attribute => attribute.Graphs).Select(graph => new OnnxGraph(graph, SubgraphScope.FreeValues(graph, DisplayName, model), model))];
    }

    internal NodeProto Proto { get; }

    /// <summary>Position in <see cref="OnnxGraph.Nodes"/>.</summary>
    internal int Index { get; }

    /// <summary>Name of the node; may be empty, and need not be unique: exporters repeat names, and nothing refers to them.</summary>
    public string Name => Proto.Name;

    /// <summary>The node's name, or the name of its first output when it has none. For messages.</summary>
    public string DisplayName { get; }

    /// <summary>Operator, for example <c>Gemm</c>.</summary>
    public string OpType => Proto.OpType;

    /// <summary>Domain of the operator; empty for ONNX's own (<c>ai.onnx</c>).</summary>
    public string Domain { get; }

    /// <summary>Names of the values read, in the operator's order; an empty name is an omitted optional input.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Names of the values computed, in the operator's order; an empty name is an omitted optional output.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>Values of the enclosing graphs that the node's subgraphs read without listing them as inputs, in ordinal order.</summary>
    public IReadOnlyList<string> CapturedValues { get; }

    /// <summary>The attributes that hold one graph (<c>If</c>, <c>Loop</c>, <c>Scan</c> and the like), in ordinal order.</summary>
    public IEnumerable<(string Attribute, OnnxGraph Graph)> GraphAttributes =>
        _graphs.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value));

    /// <summary>All graphs that attributes hold, alone or in lists.</summary>
    public IReadOnlyList<OnnxGraph> Subgraphs { get; }

    /// <summary>Whether an attribute holds a graph.</summary>
    public bool HasSubgraph => Subgraphs.Count > 0;

    /// <summary>Names of the attributes that are set, in ordinal order.</summary>
    public IReadOnlyList<string> AttributeNames => [.. _attributes.Keys.OrderBy(name => name, StringComparer.Ordinal)];

    /// <summary>Whether the attribute is set.</summary>
    public bool HasAttribute(string name) => _attributes.ContainsKey(name);

    /// <summary>An integer attribute.</summary>
    /// <param name="name">Name of the attribute.</param>
    /// <param name="defaultValue">Returned when the attribute is not set.</param>
    /// <exception cref="ModelFormatException">The attribute has another type.</exception>
    public long GetInt(string name, long defaultValue) => Find(name, AttributeKind.Int)?.I ?? defaultValue;

    /// <summary>A float32 attribute.</summary>
    /// <param name="name">Name of the attribute.</param>
    /// <param name="defaultValue">Returned when the attribute is not set.</param>
    /// <exception cref="ModelFormatException">The attribute has another type.</exception>
    public float GetFloat(string name, float defaultValue) => Find(name, AttributeKind.Float)?.F ?? defaultValue;

    /// <summary>A string attribute, decoded as UTF-8.</summary>
    /// <param name="name">Name of the attribute.</param>
    /// <param name="defaultValue">Returned when the attribute is not set.</param>
    /// <exception cref="ModelFormatException">The attribute has another type.</exception>
    public string GetString(string name, string defaultValue) => Find(name, AttributeKind.String)?.S.ToStringUtf8() ?? defaultValue;

    /// <summary>A list of integers; null when the attribute is not set.</summary>
    /// <exception cref="ModelFormatException">The attribute has another type.</exception>
    public IReadOnlyList<long>? GetInts(string name) => Find(name, AttributeKind.Ints)?.Ints.ToArray();

    /// <summary>A list of float32; null when the attribute is not set.</summary>
    /// <exception cref="ModelFormatException">The attribute has another type.</exception>
    public IReadOnlyList<float>? GetFloats(string name) => Find(name, AttributeKind.Floats)?.Floats.ToArray();

    /// <summary>A list of strings, decoded as UTF-8; null when the attribute is not set.</summary>
    /// <exception cref="ModelFormatException">The attribute has another type.</exception>
    public IReadOnlyList<string>? GetStrings(string name) =>
        Find(name, AttributeKind.Strings)?.Strings.Select(value => value.ToStringUtf8()).ToArray();

    /// <summary>A tensor attribute; null when it is not set.</summary>
    /// <exception cref="ModelFormatException">The attribute has another type.</exception>
    public Initializer? GetTensor(string name) => Find(name, AttributeKind.Tensor) is null ? null : _tensors.GetValueOrNull(name);

    /// <summary>A graph attribute; null when it is not set.</summary>
    /// <exception cref="ModelFormatException">The attribute has another type.</exception>
    public OnnxGraph? GetGraph(string name) => Find(name, AttributeKind.Graph) is null ? null : _graphs.GetValueOrNull(name);

    /// <summary>Operator and display name, for messages.</summary>
    public override string ToString() => $"{OpType} '{DisplayName}'";

    private AttributeProto? Find(string name, AttributeKind expected)
    {
        if (!_attributes.TryGetValue(name, out AttributeProto? attribute))
            return null;
        AttributeKind found = attribute.Kind();
        return found == expected
            ? attribute
            : throw new ModelFormatException($"{_model}: the attribute '{name}' of node {this} is of kind {found}, but {OpType} has it as {expected}. Export the model again.");
    }
}
