using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>One call while it is replaced, or a subgraph within it: what the names and attributes of its function stand for.</summary>
internal sealed class FunctionCall
{
    /// <summary>How deep functions and subgraphs may lie within each other: what is written back must be within protobuf's own limit of 100 messages.</summary>
    public const int MaxDepth = 24;

    private static readonly Dictionary<string, AttributeProto> s_none = [];

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AttributeProto> _attributes;
    private readonly FunctionProto? _function;
    private readonly FunctionCall? _outside;
    private readonly bool _isSubgraph;
    private readonly int _depth;

    /// <summary>The main graph, or a subgraph of it.</summary>
    public FunctionCall(int depth)
    {
        (_attributes, _depth, Prefix, Name) = (s_none, depth, "", "");
    }

    private FunctionCall(FunctionCall outside, FunctionProto? function, Dictionary<string, AttributeProto> attributes, string prefix, string name, string model)
    {
        (_outside, _function, _attributes, _depth, Prefix, Name) = (outside, function, attributes, outside._depth + 1, prefix, name);
        _isSubgraph = function is not null && function == outside._function;
        if (_depth > MaxDepth)
            throw new ModelFormatException($"{model}: at '{name}' functions and subgraphs lie more than {MaxDepth} deep within each other, deeper than LoraEdge reads. Export the model with its functions inlined.");
    }

    /// <summary>What the names of values start with.</summary>
    public string Prefix { get; }

    /// <summary>The call in messages: the names of the calls around it, and its own.</summary>
    public string Name { get; }

    /// <summary>Enters a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="node">The call, with the names and attributes it has where it is put.</param>
    /// <param name="prefix">What the names of the function's values start with.</param>
    /// <param name="model">Name of the model for messages.</param>
    /// <exception cref="ModelFormatException">The function is being entered already, or the call does not fit it.</exception>
    public FunctionCall Enter(FunctionProto function, NodeProto node, string prefix, string model)
    {
        string called = $"{model}: the call '{NodeNames.Display(node)}' of the function '{function.Domain}.{function.Name}'";
        for (FunctionCall? call = this; call is not null; call = call._outside)
        {
            if (call._function == function)
                throw new ModelFormatException($"{called} is part of that function itself, so it never ends. ONNX functions do not recurse; export the model again.");
        }

        if (node.Input.Skip(function.Input.Count).Concat(node.Output.Skip(function.Output.Count)).Any(name => name.Length > 0))
            throw new ModelFormatException($"{called} has {node.Input.Count} inputs and {node.Output.Count} outputs, but the function has {function.Input.Count} and {function.Output.Count}. Export the model again.");
        Dictionary<string, AttributeProto> attributes = NodeNames.ByName(node, model);
        foreach (AttributeProto byDefault in function.AttributeProto)
        {
            if (!attributes.ContainsKey(byDefault.Name))
                attributes.Add(byDefault.Name, byDefault);
        }

        var entered = new FunctionCall(this, function, attributes, prefix, NodeNames.Display(node), model);
        for (int i = 0; i < function.Input.Count; i++)
        {
            if (entered._names.ContainsKey(function.Input[i]))
                throw new ModelFormatException($"{model}: the function '{function.Domain}.{function.Name}' has two inputs named '{function.Input[i]}'. Export the model again.");
            entered._names.Add(function.Input[i], i < node.Input.Count ? node.Input[i] : "");
        }

        return entered;
    }

    /// <summary>Enters a subgraph of the function. What it defines is its own, also where the function has an input of that name.</summary>
    /// <exception cref="ModelFormatException">It lies too deep.</exception>
    public FunctionCall EnterSubgraph(GraphProto graph, string model)
    {
        var entered = new FunctionCall(this, _function, _attributes, Prefix, Name, model);
        foreach (string name in ValueNames.Definitions(graph))
            entered._names[name] = Prefix + name;
        return entered;
    }

    /// <summary>Lets the function's outputs have the names that the call gives them.</summary>
    /// <returns>Nodes that copy: an output that only hands on an input, or is listed twice, is no node's result.</returns>
    /// <exception cref="ModelFormatException">An output hands on an input that the call omits.</exception>
    public List<NodeProto> BindOutputs(NodeProto node, string model)
    {
        var copies = new List<NodeProto>();
        for (int i = 0; i < node.Output.Count && i < _function!.Output.Count; i++)
        {
            if (node.Output[i].Length == 0)
                continue;
            if (!_names.TryGetValue(_function.Output[i], out string? source))
                _names.Add(_function.Output[i], node.Output[i]);
            else if (source.Length > 0)
                copies.Add(new NodeProto { Name = $"{Name}/{_function.Output[i]}", OpType = "Identity", Input = { source }, Output = { node.Output[i] } });
            else
                throw new ModelFormatException($"{model}: the call '{Name}' reads the output '{_function.Output[i]}' of its function, which hands on an input that the call omits. Export the model again.");
        }

        return copies;
    }

    /// <summary>The name that a value of the function has where the call was; empty for an input that the call omits.</summary>
    public string NameOf(string name)
    {
        if (name.Length == 0)
            return "";
        if (_names.TryGetValue(name, out string? known))
            return known;
        return _isSubgraph ? _outside!.NameOf(name) : Prefix + name;
    }

    /// <summary>An attribute of the call, or the function's default; null when there is neither.</summary>
    public AttributeProto? AttributeOf(string name) => _attributes.GetValueOrNull(name);
}
