using System.Globalization;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>Makes the nodes, constants and inputs of branches, under names that the graph does not have yet.</summary>
/// <param name="graph">The graph; constants and inputs are put into it, nodes are not.</param>
internal sealed class BranchNodes(GraphProto graph)
{
    private readonly HashSet<string> _names =
        new(graph.Node.SelectMany(node => node.Output).Concat(graph.Input.Select(input => input.Name)).Concat(graph.Initializer.Select(tensor => tensor.Name)), StringComparer.Ordinal);

    private readonly List<NodeProto> _made = [];
    private readonly List<NodeProto> _shared = [];

    /// <summary>Makes a node.</summary>
    /// <returns>Name of its result.</returns>
    public string Node(string op, string[] inputs, params AttributeProto[] attributes) => Node(_made, op, inputs, attributes);

    /// <summary>Makes a node that several branches read, from constants and inputs alone.</summary>
    /// <returns>Name of its result.</returns>
    public string Shared(string op, string[] inputs, params AttributeProto[] attributes) => Node(_shared, op, inputs, attributes);

    /// <summary>Makes the node that adds a change to a result.</summary>
    public void Sum(string frozen, string change, string result) => _made.Add(new NodeProto { OpType = "Add", Input = { frozen, change }, Output = { result } });

    /// <summary>Puts a tensor into the graph.</summary>
    public string Constant(string name, float[] values, params long[] shape) => Add(GraphBuilder.Tensor(Unique(name), values, shape));

    /// <summary>Puts a list of integers into the graph.</summary>
    public string Constant(string name, params long[] values) => Add(GraphBuilder.Tensor(Unique(name), values, values.Length));

    /// <summary>Declares an input of the graph.</summary>
    public string Input(string name, TensorElementType type, params Dimension[] shape)
    {
        graph.Input.Add(GraphBuilder.Declare(Unique(name), type, shape));
        return graph.Input[graph.Input.Count - 1].Name;
    }

    /// <summary>A name that the graph does not have.</summary>
    public string Unique(string name)
    {
        for (int number = _names.Count; ; number++)
        {
            string unique = $"loraedge.{name}.{number.ToString(CultureInfo.InvariantCulture)}";
            if (_names.Add(unique))
                return unique;
        }
    }

    /// <summary>The nodes made since the last call, in order.</summary>
    public NodeProto[] Take()
    {
        NodeProto[] made = [.. _made];
        _made.Clear();
        return made;
    }

    /// <summary>The nodes that branches share, which come before all others.</summary>
    public NodeProto[] TakeShared() => [.. _shared];

    private string Node(List<NodeProto> nodes, string op, string[] inputs, AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = op, Output = { Unique(op) } };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        nodes.Add(node);
        return node.Output[0];
    }

    private string Add(Initializer tensor)
    {
        graph.Initializer.Add(tensor.Proto);
        return tensor.Name;
    }
}
