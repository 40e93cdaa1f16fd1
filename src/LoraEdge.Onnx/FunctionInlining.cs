using Google.Protobuf.Collections;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Puts the nodes of a model's own functions in the place of their calls. A value <c>h</c> of a function whose call gives
/// <c>y</c> becomes <c>y->h</c>; where some name of the model holds such an arrow, the arrow is longer. So names depend on
/// nothing but the model, no two are equal, and values that a function's author named alike stay apart.
/// </summary>
/// <remarks>
/// A function may import its operator sets in other versions than the model. The specification wants both to mean the same for
/// its nodes, so they are read in the model's version, as ONNX Runtime does; a set that only functions import is imported by
/// the model from then on.
/// </remarks>
internal sealed class FunctionInlining
{
    private readonly ModelProto _proto;
    private readonly FunctionTable _functions;
    private readonly InliningBudget _budget;
    private readonly string _arrow;
    private readonly string _model;

    private FunctionInlining(ModelProto proto, string model)
    {
        _proto = proto;
        _model = model;
        _functions = new FunctionTable(proto, model);
        _budget = new InliningBudget(model);
        _arrow = ValueNames.UnusedArrow(proto);
    }

    /// <summary>Replaces every call, in subgraphs too, and drops the functions.</summary>
    /// <exception cref="ModelFormatException">Functions call each other in a circle, a call does not fit its function, or the result is too large.</exception>
    public static void Apply(ModelProto proto, string model)
    {
        if (proto.Functions.Count == 0)
            return;
        new FunctionInlining(proto, model).Replace(proto.Graph, depth: 0);
        proto.Functions.Clear();
    }

    /// <summary>In the main graph and its subgraphs nothing but the calls changes.</summary>
    private void Replace(GraphProto graph, int depth)
    {
        var nodes = new List<NodeProto>(graph.Node.Count);
        foreach (NodeProto node in graph.Node)
        {
            foreach (GraphProto inner in node.Attribute.SelectMany(TensorWalk.SubgraphsOf))
                Replace(inner, depth + 1);
            AddNode(node, ValueNames.FirstOutput(node), new FunctionCall(depth), nodes);
        }

        graph.Node.Clear();
        graph.Node.AddRange(nodes);
    }

    /// <summary>Adds a node as it is, or what it stands for when it is a call.</summary>
    /// <param name="node">The node, with the names and attributes it has where it is put.</param>
    /// <param name="localOutput">Its first output by the name that it has in the graph or function it comes from.</param>
    /// <param name="caller">The call that it belongs to.</param>
    /// <param name="nodes">Where to.</param>
    private void AddNode(NodeProto node, string localOutput, FunctionCall caller, List<NodeProto> nodes)
    {
        if (_functions.Find(node) is not { } function)
        {
            nodes.Add(node);
            return;
        }

        // A call without results has no effect.
        if (localOutput.Length == 0)
            return;
        _budget.SpendCall(function);
        FunctionCall call = caller.Enter(function, node, $"{caller.Prefix}{localOutput}{_arrow}", _model);
        _functions.Import(function, _proto.OpsetImport);
        List<NodeProto> copies = call.BindOutputs(node, _model);
        foreach (NodeProto inner in function.Node)
            AddNode(Copy(inner, call), ValueNames.FirstOutput(inner), call, nodes);
        nodes.AddRange(copies);
    }

    private NodeProto Copy(NodeProto node, FunctionCall call)
    {
        // MergeFrom shares the elements of repeated fields, so that no tensor is copied.
        var copy = new NodeProto();
        copy.MergeFrom(node);
        copy.Name = $"{call.Name}/{NodeNames.Display(node)}";
        Set(copy.Input, ValueNames.WithoutTrailingOmissions(node.Input.Select(call.NameOf)));
        Set(copy.Output, node.Output.Select(call.NameOf));
        copy.Attribute.Clear();
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (Resolve(attribute, node, call) is { } resolved)
                copy.Attribute.Add(resolved);
        }

        _budget.SpendNode(copy);
        return copy;
    }

    /// <summary>The attribute as the call has it; null where the call and the function leave it out.</summary>
    private AttributeProto? Resolve(AttributeProto attribute, NodeProto node, FunctionCall call)
    {
        if (attribute.RefAttrName.Length == 0 && TensorWalk.SubgraphsOf(attribute).Any())
            return WithGraphs(attribute, graph => Copy(graph, call));
        _budget.Spend(attribute.CalculateSize());
        if (attribute.RefAttrName.Length == 0)
            return attribute;
        if (call.AttributeOf(attribute.RefAttrName) is not { } given)
            return null;
        if (attribute.Type != 0 && (AttributeKind)attribute.Type != given.Kind())
            throw new ModelFormatException($"{_model}: the attribute '{attribute.RefAttrName}' of the call '{call.Name}' is of kind {given.Kind()}, but node {node.OpType} '{NodeNames.Display(node)}' of the function needs {(AttributeKind)attribute.Type}. Export the model again.");
        _budget.Spend(given.CalculateSize());
        AttributeProto renamed = given.Clone();
        renamed.Name = attribute.Name;
        return renamed;
    }

    private GraphProto Copy(GraphProto graph, FunctionCall call)
    {
        FunctionCall scope = call.EnterSubgraph(graph, _model);
        var copy = new GraphProto { Name = graph.Name };
        copy.SparseInitializer.AddRange(graph.SparseInitializer);
        copy.Input.AddRange(graph.Input.Select(value => Renamed(value, scope)));
        copy.Output.AddRange(graph.Output.Select(value => Renamed(value, scope)));
        foreach (TensorProto tensor in graph.Initializer)
        {
            _budget.Spend(tensor.CalculateSize());
            TensorProto renamed = tensor.Clone();
            renamed.Name = scope.NameOf(tensor.Name);
            copy.Initializer.Add(renamed);
        }

        var nodes = new List<NodeProto>();
        foreach (NodeProto node in graph.Node)
            AddNode(Copy(node, scope), ValueNames.FirstOutput(node), scope, nodes);
        copy.Node.AddRange(nodes);
        return copy;
    }

    private static ValueInfoProto Renamed(ValueInfoProto value, FunctionCall scope)
    {
        ValueInfoProto renamed = value.Clone();
        renamed.Name = scope.NameOf(value.Name);
        return renamed;
    }

    private static AttributeProto WithGraphs(AttributeProto attribute, Func<GraphProto, GraphProto> change)
    {
        var copy = new AttributeProto { Name = attribute.Name, Type = (int)attribute.Kind(), G = attribute.G is null ? null : change(attribute.G) };
        copy.Graphs.AddRange(attribute.Graphs.Select(change));
        return copy;
    }

    private static void Set(RepeatedField<string> field, IEnumerable<string> names)
    {
        field.Clear();
        field.AddRange(names);
    }
}
