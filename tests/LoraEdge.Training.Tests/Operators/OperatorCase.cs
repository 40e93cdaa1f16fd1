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

    /// <summary>How far results may be apart, relative to the largest expected magnitude. Integers must be equal.</summary>
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

    /// <summary>Random floats.</summary>
    public static HostTensor Random(long[] shape, int seed) =>
        HostTensor.From(Numbers.Normal((int)shape.Aggregate(1L, (count, size) => count * size), seed), shape);

    /// <summary>The inputs that the caller feeds.</summary>
    public IReadOnlyDictionary<string, HostTensor> Fed => _fed;

    /// <summary>A model of the node alone; shapes of its outputs are not declared, which only the executor takes.</summary>
    public OnnxModel Model() => Model(_outputs.Select(_ => (TensorElementType.Float32, Array.Empty<long>())));

    /// <summary>Runs the node with the executor.</summary>
    public HostTensor[] Execute()
    {
        using var executor = new GraphExecutor(Model());
        using var _ = no_grad();
        Dictionary<string, Tensor> inputs = _fed.ToTorch();
        Tensor[] results = [];
        try
        {
            // Twice: the first run builds the plan, the second one uses it.
            executor.Run(inputs, _outputs).DisposeAll();
            results = executor.Run(inputs, _outputs);
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
        // ONNX Runtime refuses a model whose declared outputs have other types or shapes than it infers.
        Dictionary<string, HostTensor> expected = OnnxRuntimeReference.Run(Model(actual.Select(tensor => (tensor.ElementType, tensor.Shape))), _fed);
        for (int i = 0; i < actual.Length; i++)
            AssertSame(actual[i], expected[_outputs[i]]);
    }

    /// <inheritdoc />
    public override string ToString() => $"{Operator}-{Opset}{_about}";

    private void AssertSame(HostTensor actual, HostTensor expected)
    {
        Assert.That(actual.ElementType, Is.EqualTo(expected.ElementType));
        Assert.That(actual.Shape, Is.EqualTo(expected.Shape));
        if (actual.ElementType == TensorElementType.Float32 && actual.Count > 0)
            Numbers.AssertClose(actual.AsSpan<float>(), expected.AsSpan<float>(), Tolerance);
        else
            Assert.That(actual.Bytes, Is.EqualTo(expected.Bytes));
    }

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
        foreach (((TensorElementType type, long[] shape), string name) in outputs.Zip(_outputs))
            builder.Output(name, type, [.. shape.Select(size => (Dimension)size)]);
        return builder.Build();
    }

    private static string Describe(HostTensor tensor) =>
        $"{(tensor.ElementType == TensorElementType.Float32 ? "" : tensor.ElementType)}[{string.Join(",", tensor.Shape)}]";
}
