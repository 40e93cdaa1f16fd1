using System.Runtime.InteropServices;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>One node with everything it reads: run by the executor, and by ONNX Runtime to compare with.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Opset">Version of ONNX's operator set that the model imports.</param>
internal sealed record OperatorCase(string Operator, int Opset = 17)
{
    private readonly List<(string Name, object Value)> _attributes = [];
    private readonly List<string> _inputs = [];
    private readonly Dictionary<string, HostTensor> _fed = [];
    private readonly List<Initializer> _constants = [];
    private string[] _outputs = ["y0"];
    private string _about = "";

    /// <summary>Domain of the operator; its version 1 is imported. Default: ONNX's own.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Version of the operator's domain that the model imports.</summary>
    public int OpsetOfDomain => Domain.Length == 0 ? Opset : 1;

    /// <summary>A node that ONNX Runtime runs instead, where its CPU provider lacks this one and computes the same by another. Default: none.</summary>
    public OperatorCase? Equivalent { get; init; }

    /// <summary>
    /// How far results may be apart, relative to the largest expected magnitude; 0 where each must be equal, infinities and
    /// NaN among them. Integers must be equal.
    /// </summary>
    public double Tolerance { get; init; } = Tolerances.Float32;

    /// <summary>Adds an input that the caller feeds.</summary>
    public OperatorCase Feed(HostTensor tensor)
    {
        string name = $"x{_inputs.Count}";
        (_about, _) = ($"{_about} {Describe(tensor)}", _fed[name] = tensor);
        _inputs.Add(name);
        return this;
    }

    /// <summary>Adds a fed input of random floats.</summary>
    public OperatorCase Feed(params long[] shape) => Feed(Random(shape, seed: 10 + _inputs.Count));

    /// <summary>Adds a constant input.</summary>
    public OperatorCase Constant(HostTensor tensor)
    {
        string name = $"c{_inputs.Count}";
        _about = $"{_about} const {Describe(tensor)}";
        _constants.Add(GraphBuilder.Tensor(name, (int)tensor.ElementType, tensor.Bytes, tensor.Shape));
        _inputs.Add(name);
        return this;
    }

    /// <summary>Adds a constant list of integers: a shape, axes or indices.</summary>
    public OperatorCase Integers(params long[] values)
    {
        Constant(HostTensor.From(values, values.Length));
        _about += $"={string.Join(",", values)}";
        return this;
    }

    /// <summary>Adds an input that is left out.</summary>
    public OperatorCase Omit()
    {
        _inputs.Add("");
        return this;
    }

    /// <summary>Sets an attribute.</summary>
    public OperatorCase With(string attribute, object value)
    {
        _attributes.Add((attribute, value));
        _about += $" {attribute}={(value is Array list ? string.Join(",", list.Cast<object>()) : FormattableString.Invariant($"{value}"))}";
        return this;
    }

    /// <summary>Sets the number of outputs.</summary>
    public OperatorCase Outputs(int count)
    {
        _outputs = [.. Enumerable.Range(0, count).Select(index => $"y{index}")];
        return this;
    }

    /// <summary>Leaves an output out that comes before others.</summary>
    public OperatorCase OmitOutput(int index)
    {
        _outputs[index] = "";
        return this;
    }

    /// <summary>Random floats.</summary>
    public static HostTensor Random(long[] shape, int seed) =>
        HostTensor.From(Numbers.Normal((int)shape.Aggregate(1L, (count, size) => count * size), seed), shape);

    /// <summary>The inputs that the caller feeds.</summary>
    public IReadOnlyDictionary<string, HostTensor> Fed => _fed;

    private string[] NamedOutputs => [.. _outputs.Where(name => name.Length > 0)];

    /// <summary>The same numbers in half precision.</summary>
    public static HostTensor Halves(HostTensor tensor)
    {
        Half[] values = [.. Floats(tensor).Select(value => (Half)value)];
        return new HostTensor(TensorElementType.Float16, tensor.Shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    /// <summary>The node as a model, whose outputs are declared without their true types and shapes.</summary>
    public OnnxModel Model() => Model(NamedOutputs.Select(_ => (TensorElementType.Float32, Array.Empty<long>())));

    /// <summary>Runs the node with the executor.</summary>
    /// <param name="placement">Where; null for the CPU.</param>
    public HostTensor[] Execute(Placement? placement = null)
    {
        using var executor = new GraphExecutor(Model(), null, placement);
        using var _ = no_grad();
        Dictionary<string, Tensor> inputs = _fed.ToTorch(executor.Placement.Device);
        Tensor[] results = [];
        try
        {
            // Twice: the first run builds the plan, the second one uses it.
            executor.Run(inputs, NamedOutputs).DisposeAll();
            results = executor.Run(inputs, NamedOutputs);
            return [.. results.Select(result => result.ToHost())];
        }
        finally
        {
            results.DisposeAll();
            inputs.Values.DisposeAll();
        }
    }

    /// <summary>Asserts that both give the same types, shapes and numbers.</summary>
    public void AssertAsOnnxRuntime()
    {
        HostTensor[] actual = Execute();
        HostTensor[] expected = (Equivalent ?? this).RunReference(actual);
        for (int i = 0; i < actual.Length; i++)
            AssertSame(actual[i], expected[i]);
    }

    /// <inheritdoc />
    public override string ToString() => $"{Operator}-{Opset}{_about}";

    /// <summary>What ONNX Runtime computes. It refuses a model whose declared outputs have other types or shapes than it infers.</summary>
    internal HostTensor[] RunReference(HostTensor[] like)
    {
        Dictionary<string, HostTensor> results = OnnxRuntimeReference.Run(Model(like.Select(tensor => (tensor.ElementType, tensor.Shape))), _fed);
        return [.. NamedOutputs.Select(name => results[name])];
    }

    private void AssertSame(HostTensor actual, HostTensor expected)
    {
        Assert.That(actual.ElementType, Is.EqualTo(expected.ElementType));
        Assert.That(actual.Shape, Is.EqualTo(expected.Shape));
        if (actual.ElementType is not (TensorElementType.Float32 or TensorElementType.Float16) || actual.Count == 0)
            Assert.That(actual.Bytes, Is.EqualTo(expected.Bytes));
        else if (Tolerance == 0)
            Assert.That(Floats(actual), Is.EqualTo(Floats(expected)));
        else
            Numbers.AssertClose(Floats(actual), Floats(expected), actual.ElementType == TensorElementType.Float16 ? Tolerances.Float16 : Tolerance);
    }

    private static float[] Floats(HostTensor tensor) => tensor.ElementType == TensorElementType.Float32
        ? tensor.AsSpan<float>().ToArray()
        : [.. MemoryMarshal.Cast<byte, Half>(tensor.Bytes).ToArray().Select(value => (float)value)];

    private OnnxModel Model(IEnumerable<(TensorElementType Type, long[] Shape)> outputs)
    {
        var builder = new GraphBuilder("one node", Opset);
        foreach ((string name, HostTensor tensor) in _fed)
            builder.Input(name, tensor.ElementType, [.. tensor.Shape.Select(size => (Dimension)size)]);
        foreach (Initializer constant in _constants)
            builder.Initializer(constant);
        if (Domain.Length > 0)
            builder.Opset(Domain, 1);
        builder.Node(Operator, [.. _inputs], _outputs, [.. _attributes], Domain, "node");
        foreach (((TensorElementType type, long[] shape), string name) in outputs.Zip(NamedOutputs))
            builder.Output(name, type, [.. shape.Select(size => (Dimension)size)]);
        return builder.Build();
    }

    private static string Describe(HostTensor tensor) =>
        $"{(tensor.ElementType == TensorElementType.Float32 ? "" : tensor.ElementType)}[{string.Join(",", tensor.Shape)}]";
}
