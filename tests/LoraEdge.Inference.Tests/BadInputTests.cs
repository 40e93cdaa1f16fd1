namespace LoraEdge.Inference.Tests;

/// <summary>Whatever is wrong is told before ONNX Runtime's native code sees it, in LoraEdge's own errors.</summary>
public sealed class BadInputTests
{
    private MergedSession _session = null!;

    [OneTimeSetUp]
    public void Open()
    {
        var builder = new GraphBuilder("pair.onnx").Input("x", TensorElementType.Float32, "batch", 3).Input("bias", TensorElementType.Float32, "other", 3);
        builder.Node("Add", ["x", "bias"], ["y"]);
        builder.Node("ArgMax", ["y"], ["best"], [("axis", 1)]);
        _session = new MergedSession(builder.Output("y", TensorElementType.Float32, "batch", 3).Output("best", TensorElementType.Int64, "batch", 1).Build());
    }

    [OneTimeTearDown]
    public void Close() => _session.Dispose();

    [Test]
    public void Run_MissingInput_NamesItAndWhatIsExpected() =>
        AssertRefused(new() { ["x"] = Floats(1, 3) }, "'bias' of pair.onnx is missing", "'x' Float32[batch,3], 'bias' Float32[other,3]");

    [Test]
    public void Run_UnknownInput_NamesIt() =>
        AssertRefused(new() { ["x"] = Floats(1, 3), ["bias"] = Floats(1, 3), ["mask"] = Floats(1) }, "no input 'mask'");

    [Test]
    public void Run_OtherElementType_SaysWhich() =>
        AssertRefused(new() { ["x"] = HostTensor.From(new long[3], 1, 3), ["bias"] = Floats(1, 3) }, "'x' is Int64[1,3]");

    [Test]
    public void Run_OtherRank_SaysWhich() =>
        AssertRefused(new() { ["x"] = Floats(3), ["bias"] = Floats(1, 3) }, "'x' is Float32[3]");

    [Test]
    public void Run_OtherSize_SaysWhich() =>
        AssertRefused(new() { ["x"] = Floats(1, 4), ["bias"] = Floats(1, 3) }, "'x' is Float32[1,4]");

    [Test]
    public void Run_SizesThatOnlyTheGraphCanRefuse_GivesOnnxRuntimesReason() =>
        AssertRefused(new() { ["x"] = Floats(2, 3), ["bias"] = Floats(3, 3) }, "ONNX Runtime cannot run pair.onnx on these inputs");

    [Test]
    public void Run_AttentionOverNoTokens_IsRefused()
    {
        using var session = new MergedSession(OptimizedLlama.Create());
        var inputs = LoraEdge.Onnx.Parity.ParityInputs.For(OptimizedLlama.Create()).ToDictionary(input => input.Key, input => input.Value);
        inputs["input_ids"] = new HostTensor(TensorElementType.Int64, [0, 8], []);

        Assert.That(() => session.Run(inputs), Throws.TypeOf<InvalidInputException>().With.Message.Contains("Run it on one row or more"));
    }

    [Test]
    public void RunIntoABuffer_UnknownOutput_ListsTheOutputs() => AssertCopyRefused("z", 3, "no output 'z'. Its outputs are y, best");

    [Test]
    public void RunIntoABuffer_OutputOfAnotherType_SaysWhich() => AssertCopyRefused("best", 3, "'best' holds Int64");

    [Test]
    public void RunIntoABuffer_ThatIsTooShort_SaysHowLong() => AssertCopyRefused("y", 2, "'y' has 3 elements ([1,3]), but there is room for 2");

    [Test]
    public void Open_UnknownOperator_IsAModelError()
    {
        var builder = new GraphBuilder("odd.onnx").Opset("example.org", 1).Input("x", TensorElementType.Float32, 2);
        builder.Node("Frobnicate", ["x"], ["y"], domain: "example.org");
        OnnxModel model = builder.Output("y", TensorElementType.Float32, 2).Build();

        Assert.That(() => new MergedSession(model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("ONNX Runtime cannot load odd.onnx").And.Message.Contains("Frobnicate"));
    }

    [Test]
    public void Open_ShapesThatContradict_IsAModelError()
    {
        var builder = new GraphBuilder("crooked.onnx").Input("x", TensorElementType.Float32, 2, 3).Initializer("w", new float[8], 4, 2);
        builder.Node("MatMul", ["x", "w"], ["y"]);
        OnnxModel model = builder.Output("y", TensorElementType.Float32, 2, 2).Build();

        Assert.That(() => new MergedSession(model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("crooked.onnx"));
    }

    [Test]
    public void Open_NoOutputThatHostsCanHold_IsAModelError()
    {
        var builder = new GraphBuilder("wide.onnx").Input("x", TensorElementType.Float32, 2);
        builder.Node("Cast", ["x"], ["y"], [("to", OnnxDataType.Double)]);
        OnnxModel model = builder.Output("y", (TensorElementType)OnnxDataType.Double, 2).Build();

        Assert.That(() => new MergedSession(model), Throws.TypeOf<ModelFormatException>().With.Message.Contains("None of the outputs of wide.onnx can be served (y)"));
    }

    [Test]
    public void Open_NoThreads_IsRefused() =>
        Assert.That(() => new MergedSession(TinyModels.Policy(), settings: new SessionSettings { Threads = 0 }), Throws.TypeOf<InvalidOptionsException>());

    [Test]
    public void Open_WeightThatDoesNotExist_IsRefused() =>
        Assert.That(() => new MergedSession(TinyModels.Policy(), new Dictionary<string, float[]> { ["w9"] = [1] }), Throws.ArgumentException.With.Message.Contains("w9"));

    private static HostTensor Floats(params long[] shape) => HostTensor.From(new float[shape.Aggregate(1L, (product, size) => product * size)], shape);

    private void AssertRefused(Dictionary<string, HostTensor> inputs, params string[] messages)
    {
        InvalidInputException error = Assert.Throws<InvalidInputException>(() => _session.Run(inputs))!;
        foreach (string message in messages)
            Assert.That(error.Message, Does.Contain(message));
    }

    private void AssertCopyRefused(string output, int room, string message) =>
        Assert.That(() => _session.Run(new Dictionary<string, HostTensor> { ["x"] = Floats(1, 3), ["bias"] = Floats(1, 3) }, output, new float[room]),
            Throws.TypeOf<InvalidInputException>().With.Message.Contains(message));
}
