using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Hashes what a model computes and leaves out how it is written down: the order of nodes and initializers, node names,
/// documentation, metadata, declared shapes and the form in which tensors are stored do not count.
/// </summary>
/// <remarks>
/// The layout, where a number is 8 bytes little-endian, a text or blob is its length in bytes and the bytes (UTF-8), a list is
/// its count and its items, and "sorted" is by ordinal comparison. A change to it is a change of <see cref="Version"/>, and
/// invalidates every adapter.
/// <code>
/// model     = text version, list of (text name, tensor) sorted by name, nodes that the outputs need, empty list
/// tensor    = number type, list of number size, blob raw elements
/// nodes     = list of node, sorted by the first output that is not omitted
/// node      = text operator, text domain, text overload, number opset version,
///             list of text input, list of text output (neither with omitted ones at the end),
///             list of attribute sorted by name
/// attribute = text name, empty text, number kind, then by kind
///             float: its 32 bits as a number; int: number; string: blob; tensor, graph: list of none or one;
///             floats, ints, strings, tensors, graphs: list; others: blob, as stored, without documentation
/// graph     = list of text input, list of (text name, tensor) sorted by name, nodes (all), list of text output
/// </code>
/// The domain <c>ai.onnx</c> is written as the empty text. Strings as elements of tensors are 4 bytes of length and the bytes.
/// The empty list and text were there for functions; their calls are replaced by nodes when a model is read, so that a model
/// hashes like the same model without functions whose values have the names of <see cref="FunctionInlining"/>.
/// </remarks>
internal sealed class CanonicalForm(CanonicalHash hash)
{
    private const string Version = "LoraEdge model fingerprint 1";

    /// <summary>The fingerprint of a model.</summary>
    public static ModelFingerprint Fingerprint(OnnxGraph graph, IReadOnlyDictionary<string, long> opsets)
    {
        using var hash = new CanonicalHash();
        var form = new CanonicalForm(hash);
        hash.Text(Version);
        hash.List(graph.InitializerNames, name => form.NamedTensor(graph.Initializers[name]));
        form.Nodes(graph.AncestorsOf(graph.Outputs.Select(output => output.Name)).Select(node => node.Proto), opsets);
        hash.Number(0);
        return new ModelFingerprint(hash.Finish());
    }

    /// <summary>SHA-256 over type, shape and elements, without the name, as lower-case hexadecimal digits.</summary>
    public static string HashOf(Initializer tensor)
    {
        using var hash = new CanonicalHash();
        new CanonicalForm(hash).Tensor(tensor);
        return new ModelFingerprint(hash.Finish()).ToString();
    }

    private void NamedTensor(Initializer tensor)
    {
        hash.Text(tensor.Name);
        Tensor(tensor);
    }

    private void Tensor(Initializer tensor)
    {
        hash.Number(tensor.DataType);
        hash.List(tensor.Dims, hash.Number);
        hash.Blob(tensor.Data.Span);
    }

    // Every value has one definition, so the first output names a node whatever the order in the file.
    private void Nodes(IEnumerable<NodeProto> nodes, IReadOnlyDictionary<string, long> opsets) =>
        hash.List([.. nodes.OrderBy(ValueNames.FirstOutput, StringComparer.Ordinal)], node => Node(node, opsets));

    private void Node(NodeProto node, IReadOnlyDictionary<string, long> opsets)
    {
        string domain = OpsetImports.Normalize(node.Domain);
        hash.Text(node.OpType);
        hash.Text(domain);
        hash.Text(node.Overload);
        hash.Number(opsets[domain]);
        hash.List(ValueNames.WithoutTrailingOmissions(node.Input), hash.Text);
        hash.List(ValueNames.WithoutTrailingOmissions(node.Output), hash.Text);
        hash.List([.. node.Attribute.OrderBy(attribute => attribute.Name, StringComparer.Ordinal)], attribute => Attribute(attribute, opsets));
    }

    private void Attribute(AttributeProto attribute, IReadOnlyDictionary<string, long> opsets)
    {
        AttributeKind kind = attribute.Kind();
        hash.Text(attribute.Name);
        hash.Text("");
        hash.Number((long)kind);
        switch (kind)
        {
            case AttributeKind.Float: hash.Float(attribute.F); break;
            case AttributeKind.Int: hash.Number(attribute.I); break;
            case AttributeKind.String: hash.Blob(attribute.S.Span); break;
            case AttributeKind.Tensor: hash.List<TensorProto>(attribute.T is null ? [] : [attribute.T], tensor => Tensor(new Initializer(tensor))); break;
            case AttributeKind.Graph: hash.List<GraphProto>(attribute.G is null ? [] : [attribute.G], graph => Subgraph(graph, opsets)); break;
            case AttributeKind.Floats: hash.List(attribute.Floats, hash.Float); break;
            case AttributeKind.Ints: hash.List(attribute.Ints, hash.Number); break;
            case AttributeKind.Strings: hash.List(attribute.Strings, value => hash.Blob(value.Span)); break;
            case AttributeKind.Tensors: hash.List(attribute.Tensors, tensor => Tensor(new Initializer(tensor))); break;
            case AttributeKind.Graphs: hash.List(attribute.Graphs, graph => Subgraph(graph, opsets)); break;
            default: hash.Blob(Bare(attribute).ToByteArray()); break;
        }
    }

    private void Subgraph(GraphProto graph, IReadOnlyDictionary<string, long> opsets)
    {
        hash.List([.. graph.Input.Select(input => input.Name)], hash.Text);
        hash.List([.. graph.Initializer.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)], tensor => NamedTensor(new Initializer(tensor)));
        Nodes(graph.Node, opsets);
        hash.List([.. graph.Output.Select(output => output.Name)], hash.Text);
    }

    // Types and sparse tensors are rare enough to be hashed in their stored form.
    private static AttributeProto Bare(AttributeProto attribute)
    {
        AttributeProto bare = attribute.Clone();
        bare.ClearDocString();
        return bare;
    }
}
