using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>
/// Builds a model in code. Names are checked when <see cref="Build"/> reads the result back as if it came from a file.
/// </summary>
/// <example><code>
/// var builder = new GraphBuilder("policy").Input("x", TensorElementType.Float32, "batch", 4).Initializer("W", weights, 4, 2);
/// builder.Node("MatMul", ["x", "W"], ["y"]);
/// OnnxModel model = builder.Output("y", TensorElementType.Float32, "batch", 2).Build();
/// </code></example>
public sealed class GraphBuilder
{
    private readonly ModelProto _model;
    private readonly StrongBox<int> _named;

    /// <summary>Starts an empty model.</summary>
    /// <param name="name">Name of the model and its graph.</param>
    /// <param name="opset">Version of ONNX's own operator set. Default: 17.</param>
    /// <param name="irVersion">Version of the file format. Default: 8, which goes with opset 17.</param>
    public GraphBuilder(string name, int opset = 17, int irVersion = 8)
        : this(name, opset, irVersion, new StrongBox<int>())
    {
    }

    private GraphBuilder(string name, int opset, int irVersion, StrongBox<int> named)
    {
        _named = named;
        _model = new ModelProto { IrVersion = irVersion, ProducerName = "LoraEdge", Graph = new GraphProto { Name = name } };
        Opset("", opset);
    }

    /// <summary>Imports an operator set besides ONNX's own.</summary>
    /// <param name="domain">Domain of the operators.</param>
    /// <param name="version">Version of the set.</param>
    public GraphBuilder Opset(string domain, int version)
    {
        _model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
        return this;
    }

    /// <summary>Declares an input.</summary>
    /// <param name="name">Name of the value.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Axes: numbers, or names of sizes that vary; none for a scalar.</param>
    public GraphBuilder Input(string name, TensorElementType type, params Dimension[] shape)
    {
        _model.Graph.Input.Add(Declare(name, type, shape));
        return this;
    }

    /// <summary>Declares an output.</summary>
    /// <param name="name">Name of the value.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Axes: numbers, or names of sizes that vary; none for a scalar.</param>
    public GraphBuilder Output(string name, TensorElementType type, params Dimension[] shape)
    {
        _model.Graph.Output.Add(Declare(name, type, shape));
        return this;
    }

    /// <summary>Adds a constant tensor of float32.</summary>
    /// <param name="name">Name of the value.</param>
    /// <param name="values">Elements, row-major; copied.</param>
    /// <param name="shape">Sizes of the axes; none for a scalar.</param>
    public GraphBuilder Initializer(string name, float[] values, params long[] shape) => Initializer(Tensor(name, values, shape));

    /// <summary>Adds a constant tensor of int64.</summary>
    /// <param name="name">Name of the value.</param>
    /// <param name="values">Elements, row-major; copied.</param>
    /// <param name="shape">Sizes of the axes; none for a scalar.</param>
    public GraphBuilder Initializer(string name, long[] values, params long[] shape) => Initializer(Tensor(name, values, shape));

    /// <summary>Adds a constant tensor of any type.</summary>
    /// <param name="tensor">For example from <see cref="Tensor(string, int, byte[], long[])"/> or another model.</param>
    public GraphBuilder Initializer(Initializer tensor)
    {
        _model.Graph.Initializer.Add(tensor.Proto);
        return this;
    }

    /// <summary>Adds a node.</summary>
    /// <param name="op">Operator.</param>
    /// <param name="inputs">Names of the values it reads; an empty name omits an optional input.</param>
    /// <param name="outputs">Names of the values it computes; null for one value with a name of the builder's choice.</param>
    /// <param name="attributes">
    /// Names and values: <c>long</c>, <c>int</c>, <c>bool</c>, <c>float</c>, <c>double</c> (stored as float32), <c>string</c>,
    /// <c>long[]</c>, <c>int[]</c>, <c>float[]</c>, <c>string[]</c>, <see cref="Onnx.Initializer"/>, a graph from
    /// <see cref="Subgraph"/>, or within functions an <see cref="AttributeReference"/>.
    /// </param>
    /// <param name="domain">Domain of the operator; empty for ONNX's own.</param>
    /// <param name="name">Name of the node; empty for none.</param>
    /// <param name="overload">Which function of the name is called; empty for operators.</param>
    /// <returns>Name of the first output.</returns>
    /// <exception cref="ArgumentException">An attribute's value is of another type.</exception>
    public string Node(
        string op,
        string[] inputs,
        string[]? outputs = null,
        (string Name, object Value)[]? attributes = null,
        string domain = "",
        string name = "",
        string overload = "")
    {
        var node = new NodeProto { OpType = op, Name = name };
        if (domain.Length > 0)
            node.Domain = domain;
        if (overload.Length > 0)
            node.Overload = overload;
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs ?? [$"{op}_{_named.Value++}"]);
        foreach ((string key, object value) in attributes ?? [])
            node.Attribute.Add(AttributeValue.ToProto(key, value));
        _model.Graph.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>
    /// Starts a graph for an attribute of a node, such as a branch of an If; pass it as the attribute's value. It may read
    /// every value of this graph, and names that it makes up are not this graph's. Operator sets are this graph's.
    /// </summary>
    /// <param name="name">Name of the graph.</param>
    public GraphBuilder Subgraph(string name) => new(name, 1, 8, _named);

    /// <summary>Adds a function that nodes of its domain can call by its name.</summary>
    /// <param name="domain">Domain of the calls; the model must import a version of it.</param>
    /// <param name="body">Gives the function its name, nodes and operator sets.</param>
    /// <param name="inputs">Names of its inputs; a call may omit the last ones.</param>
    /// <param name="outputs">Names of its outputs.</param>
    /// <param name="attributes">Its attributes, each with the value it has where a call does not set it; null for none. Nodes use them as an <see cref="AttributeReference"/>.</param>
    /// <param name="overload">Tells apart functions of one name; empty for none.</param>
    /// <exception cref="ArgumentException">A default is of a type that attributes do not have.</exception>
    public GraphBuilder Function(
        string domain,
        GraphBuilder body,
        string[] inputs,
        string[] outputs,
        (string Name, object? Default)[]? attributes = null,
        string overload = "")
    {
        var function = new FunctionProto { Name = body.Graph.Name, Domain = domain };
        if (overload.Length > 0)
            function.Overload = overload;
        function.Input.AddRange(inputs);
        function.Output.AddRange(outputs);
        function.Node.AddRange(body.Graph.Node);
        function.OpsetImport.AddRange(body._model.OpsetImport);
        foreach ((string name, object? byDefault) in attributes ?? [])
        {
            if (byDefault is null)
                function.Attribute.Add(name);
            else
                function.AttributeProto.Add(AttributeValue.ToProto(name, byDefault));
        }

        _model.Functions.Add(function);
        return this;
    }

    /// <summary>The graph as it is so far.</summary>
    internal GraphProto Graph => _model.Graph;

    /// <summary>What was built so far as the content of an <c>.onnx</c> file, functions included. Nothing is checked.</summary>
    public byte[] ToBytes() => _model.ToByteArray();

    /// <summary>Reads what was built so far as a model. The builder can go on afterwards.</summary>
    /// <exception cref="ModelFormatException">The graph breaks ONNX's rules, for example reads a value that nothing defines.</exception>
    public OnnxModel Build() => OnnxModel.Parse(ToBytes(), _model.Graph.Name);

    /// <summary>A tensor of float32, for an initializer or an attribute.</summary>
    /// <param name="name">Name of the value; empty for an attribute.</param>
    /// <param name="values">Elements, row-major; copied.</param>
    /// <param name="shape">Sizes of the axes; none for a scalar.</param>
    /// <exception cref="ModelFormatException">The shape does not fit the number of values.</exception>
    public static Initializer Tensor(string name, float[] values, params long[] shape) =>
        Tensor(name, OnnxDataType.Float, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), shape);

    /// <summary>A tensor of int64, for an initializer or an attribute.</summary>
    /// <param name="name">Name of the value; empty for an attribute.</param>
    /// <param name="values">Elements, row-major; copied.</param>
    /// <param name="shape">Sizes of the axes; none for a scalar.</param>
    /// <exception cref="ModelFormatException">The shape does not fit the number of values.</exception>
    public static Initializer Tensor(string name, long[] values, params long[] shape) =>
        Tensor(name, OnnxDataType.Int64, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), shape);

    /// <summary>A tensor of any type but strings, for an initializer or an attribute.</summary>
    /// <param name="name">Name of the value; empty for an attribute.</param>
    /// <param name="dataType">Element type, see <see cref="OnnxDataType"/>.</param>
    /// <param name="raw">Elements in ONNX's raw little-endian form; copied.</param>
    /// <param name="shape">Sizes of the axes; none for a scalar.</param>
    /// <exception cref="ModelFormatException">The shape does not fit the number of bytes.</exception>
    public static Initializer Tensor(string name, int dataType, byte[] raw, params long[] shape)
    {
        var proto = new TensorProto { Name = name, DataType = dataType, RawData = ByteString.CopyFrom(raw) };
        proto.Dims.AddRange(shape);
        TensorLayout.Check(proto, "A tensor built in code");
        return new Initializer(proto);
    }

    internal static ValueInfoProto Declare(string name, TensorElementType type, Dimension[] shape)
    {
        var axes = new TensorShapeProto();
        foreach (Dimension axis in shape)
        {
            var dimension = new TensorShapeProto.Types.Dimension();
            if (axis.Size is { } size)
                dimension.DimValue = size;
            else if (axis.Symbol is { } symbol)
                dimension.DimParam = symbol;
            axes.Dim.Add(dimension);
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new() { ElemType = (int)type, Shape = axes } } };
    }
}
