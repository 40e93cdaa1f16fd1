namespace LoraEdge.Inference.Tests;

/// <summary>What a merged session computes, against ONNX Runtime on graphs that say the same in other words.</summary>
public sealed class MergedSessionTests
{
    private const int InFeatures = 13;
    private const int OutFeatures = 21;
    private const int Rows = 5;

    private static readonly Dictionary<string, HostTensor> s_inputs = new() { ["x"] = HostTensor.From(Numbers.Normal(Rows * InFeatures, seed: 2), Rows, InFeatures) };

    [Test]
    public void Run_MergedAdapter_EqualsTheAdapterAsABranchOfTheGraph(
        [ValueSource(typeof(ProductLayer), nameof(ProductLayer.All))] ProductLayer layer, [Values(1, 4)] int rank)
    {
        OnnxModel model = TinyModels.Product(layer, InFeatures, OutFeatures);
        Adapter adapter = RandomAdapter.For(model, share: 0.5, rank, scale: 1.25f);
        float[] a = FrozenProjection.Generate("w", 0, rank, InFeatures);
        OnnxModel branch = TinyModels.ProductWithBranch(layer, InFeatures, OutFeatures, a, adapter.Targets[0].B, adapter.Scale, rank);
        using var merged = new MergedSession(model, new WeightMerger(model).Merge(adapter));
        using var written = new MergedSession(branch);
        using var frozen = new MergedSession(model);

        HostTensor actual = merged.Run(s_inputs)["y"], expected = written.Run(s_inputs)["y"];

        Assert.That(actual.Shape, Is.EqualTo(new long[] { Rows, OutFeatures }));
        Numbers.AssertClose(actual.AsSpan<float>(), expected.AsSpan<float>(), 1e-5);
        Assert.That(frozen.Run(s_inputs)["y"].Bytes, Is.Not.EqualTo(actual.Bytes));
    }

    // Graphs in which ONNX Runtime folds or re-lays out the weight before an overridden initializer would take effect.
    [TestCase("Transpose")]
    [TestCase("Cast")]
    [TestCase("Identity")]
    public void Run_WeightThatIsFolded_UsesTheReplacedValues(string between)
    {
        OnnxModel model = Folded(between, Numbers.Normal(InFeatures * InFeatures, seed: 4));
        float[] replaced = Numbers.Normal(InFeatures * InFeatures, seed: 6);
        using var session = new MergedSession(model, new Dictionary<string, float[]> { ["w"] = replaced });
        using var expected = new MergedSession(Folded(between, replaced));

        Assert.That(session.Run(s_inputs)["y"].Bytes, Is.EqualTo(expected.Run(s_inputs)["y"].Bytes));
    }

    [Test]
    public void Run_Float16Model_ServesTheMergedWeights()
    {
        byte[] raw = Halves(Numbers.Normal(InFeatures * OutFeatures, seed: 5));
        OnnxModel model = HalfModel(raw);
        Adapter adapter = RandomAdapter.For(model);
        float[] merged = new WeightMerger(model).Merge(adapter)["w"];
        float[] x = Numbers.Normal(InFeatures, seed: 9);
        using var session = new MergedSession(model, new WeightMerger(model).Merge(adapter));

        HostTensor y = session.Run(new Dictionary<string, HostTensor> { ["x"] = new(TensorElementType.Float16, [1, InFeatures], Halves(x)) })["y"];

        Assert.That(y.ElementType, Is.EqualTo(TensorElementType.Float16));
        float[] expected = [.. Enumerable.Range(0, OutFeatures).Select(o => (float)Enumerable.Range(0, InFeatures).Sum(i => (double)(float)(Half)x[i] * merged[(i * OutFeatures) + o]))];
        Numbers.AssertClose(Floats(y.Bytes), expected, Tolerances.Float16);
    }

    [Test]
    public void Run_EveryElementType_PassesThrough()
    {
        var builder = new GraphBuilder("types");
        var inputs = new Dictionary<string, HostTensor>
        {
            ["Float32"] = HostTensor.From(new[] { 1.5f, -2 }, 2),
            ["UInt8"] = HostTensor.From(new byte[] { 1, 255 }, 2),
            ["Int8"] = HostTensor.From(new sbyte[] { 1, -1 }, 2),
            ["Int32"] = HostTensor.From(new[] { 1, int.MinValue }, 2),
            ["Int64"] = HostTensor.From(new[] { 1, long.MinValue }, 2),
            ["Boolean"] = HostTensor.From(new[] { true, false }, 2),
            ["Float16"] = new HostTensor(TensorElementType.Float16, [2], Halves([1.5f, -2])),
        };
        foreach ((string name, HostTensor tensor) in inputs)
        {
            builder.Input(name, tensor.ElementType, "n");
            builder.Node("Identity", [name], [name + ".out"]);
            builder.Output(name + ".out", tensor.ElementType, "n");
        }

        using var session = new MergedSession(builder.Build());
        IReadOnlyDictionary<string, HostTensor> outputs = session.Run(inputs);

        foreach ((string name, HostTensor tensor) in inputs)
        {
            HostTensor output = outputs[name + ".out"];
            Assert.That((output.ElementType, output.Shape, output.Bytes), Is.EqualTo((tensor.ElementType, tensor.Shape, tensor.Bytes)), name);
            Assert.That(output.Bytes, Is.Not.SameAs(tensor.Bytes));
        }
    }

    [Test]
    public void Run_OutputThatHostsCannotHold_IsLeftOut()
    {
        var builder = new GraphBuilder("double").Input("x", TensorElementType.Float32, 2);
        builder.Node("Cast", ["x"], ["wide"], [("to", OnnxDataType.Double)]);
        builder.Node("Neg", ["x"], ["y"]);
        builder.Output("wide", (TensorElementType)OnnxDataType.Double, 2).Output("y", TensorElementType.Float32, 2);

        using var session = new MergedSession(builder.Build());

        Assert.That(session.OutputNames, Is.EqualTo(new[] { "y" }));
        Assert.That(session.Run(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(new[] { 1f, 2 }, 2) }).Keys, Is.EqualTo(new[] { "y" }));
    }

    [Test]
    public void Run_NoRows_GivesNoRows()
    {
        using var session = new MergedSession(TinyModels.Policy());

        HostTensor logits = session.Run(new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(Array.Empty<float>(), 0, 8) })["logits"];

        Assert.That(logits.Shape, Is.EqualTo(new long[] { 0, 4 }));
    }

    [Test]
    public void Run_IntoABuffer_WritesTheSameNumbers()
    {
        using var session = new MergedSession(TinyModels.Product(new ProductLayer("MatMul"), InFeatures, OutFeatures));
        float[] buffer = new float[Rows * OutFeatures + 1];

        int written = session.Run(s_inputs, "y", buffer);

        Assert.That(written, Is.EqualTo(Rows * OutFeatures));
        Assert.That(buffer[..written], Is.EqualTo(session.Run(s_inputs)["y"].AsSpan<float>().ToArray()));
    }

    [Test]
    public void Run_OnMoreThreads_ComputesTheSame()
    {
        OnnxModel model = TinyModels.Policy();
        var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(Numbers.Normal(64 * 8, seed: 3), 64, 8) };
        using var one = new MergedSession(model);
        using var two = new MergedSession(model, settings: new SessionSettings { Threads = 2 });

        Numbers.AssertClose(two.Run(inputs)["logits"].AsSpan<float>(), one.Run(inputs)["logits"].AsSpan<float>(), Tolerances.Float32);
    }

    private static OnnxModel Folded(string between, float[] weights)
    {
        var builder = new GraphBuilder(between).Input("x", TensorElementType.Float32, "batch", InFeatures).Initializer("w", weights, InFeatures, InFeatures);
        (string, object)[] attributes = between switch { "Transpose" => [("perm", new[] { 1, 0 })], "Cast" => [("to", OnnxDataType.Float)], _ => [] };
        builder.Node(between, ["w"], ["folded"], attributes);
        builder.Node("MatMul", ["x", "folded"], ["y"]);
        return builder.Output("y", TensorElementType.Float32, "batch", InFeatures).Build();
    }

    private static OnnxModel HalfModel(byte[] raw)
    {
        var builder = new GraphBuilder("half").Input("x", TensorElementType.Float16, "batch", InFeatures);
        builder.Initializer(GraphBuilder.Tensor("w", OnnxDataType.Float16, raw, InFeatures, OutFeatures)).Node("MatMul", ["x", "w"], ["y"]);
        return builder.Output("y", TensorElementType.Float16, "batch", OutFeatures).Build();
    }

    private static byte[] Halves(float[] values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.Select(value => (Half)value).ToArray().AsSpan()).ToArray();

    private static float[] Floats(byte[] halves) => [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, Half>(halves).ToArray().Select(value => (float)value)];
}
