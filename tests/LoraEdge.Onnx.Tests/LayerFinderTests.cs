namespace LoraEdge.Onnx.Tests;

public sealed class LayerFinderTests
{
    [Test]
    public void Find_InAModelOfMatMulAndGemm_GivesShapesOrientationAndAlpha()
    {
        OnnxModel model = Network(builder =>
        {
            builder.Initializer("w1", new float[12], 3, 4).Initializer("w2", new float[8], 2, 4);
            builder.Node("MatMul", ["x", "w1"], ["h"]);
            builder.Node("Gemm", ["h", "w2"], ["y"], [("transB", 1), ("alpha", 0.5f)]);
        });
        LayerScan scan = AdaptableLayers.Find(model.Graph);
        Assert.Multiple(() =>
        {
            Assert.That(scan.Skipped, Is.Empty);
            Assert.That(scan.Layers.Select(layer => layer.WeightName), Is.EqualTo(new[] { "w1", "w2" }));
            Assert.That(scan.Layers.Select(layer => layer.InitializerIndex), Is.EqualTo(new[] { 1, 2 }), "the unused initializer 'w' comes first");
            Assert.That(scan.Layers.Select(layer => (layer.InFeatures, layer.OutFeatures, layer.IsTransposed, layer.Uses.Single().Alpha)), Is.EqualTo(new[] { (3, 4, false, 1f), (4, 2, true, 0.5f) }));
            Assert.That(scan.Layers.Select(layer => layer.Nodes.Single().OpType), Is.EqualTo(new[] { "MatMul", "Gemm" }));
        });
    }

    [Test]
    public void Find_OfOneWeightInTwoNodes_GivesOneLayer()
    {
        LayerScan scan = Scan(builder =>
        {
            builder.Node("MatMul", ["x", "w"], ["h"]);
            builder.Node("Gemm", ["h", "w"], ["y"]);
        });
        Assert.That(scan.Layers.Single().Nodes.Select(node => node.OpType), Is.EqualTo(new[] { "MatMul", "Gemm" }));
    }

    [TestCase(OnnxDataType.Float16)]
    [TestCase(OnnxDataType.BFloat16)]
    public void Find_TakesHalfPrecisionWeights(int dataType)
    {
        OnnxModel model = Network(builder =>
        {
            builder.Initializer(GraphBuilder.Tensor("v", dataType, new byte[18], 3, 3));
            builder.Node("MatMul", ["x", "v"], ["y"]);
        });
        Assert.That(AdaptableLayers.Find(model.Graph).Layers.Single().WeightName, Is.EqualTo("v"));
    }

    private static IEnumerable<TestCaseData> Refusals()
    {
        yield return Refusal("factor of zero", "alpha = 0", builder => builder.Node("Gemm", ["x", "w"], ["y"], [("alpha", 0f)]));
        yield return Refusal("no finite factor", "alpha = NaN", builder => builder.Node("Gemm", ["x", "w"], ["y"], [("alpha", float.NaN)]));
        yield return Refusal("left of MatMul", "left", builder => builder.Node("MatMul", ["w", "x"], ["y"]));
        yield return Refusal("left of Gemm", "left", builder => builder.Node("Gemm", ["w", "x"], ["y"]));
        yield return Refusal("left of MatMul and transposed", "left", builder => builder.Node("MatMul", [builder.Node("Transpose", ["w"]), "x"], ["y"]));
        yield return Refusal("graph output", "output", builder => builder.Node("MatMul", ["x", "w"], ["y"]), builder => builder.Output("w", TensorElementType.Float32, 3, 3));
        yield return Refusal("graph output when transposed", "output 't'", builder => builder.Node("MatMul", ["x", builder.Node("Transpose", ["w"], ["t"])], ["y"]), builder => builder.Output("t", TensorElementType.Float32, 3, 3));
        yield return Refusal("graph input", "graph input", builder => builder.Node("MatMul", ["x", "w"], ["y"]), builder => builder.Input("w", TensorElementType.Float32, 3, 3));
        yield return Refusal("not needed", "no output", builder => builder.Node("MatMul", ["x", "w"], ["dead"]), builder => builder.Node("Neg", ["x"], ["y"]));
        yield return Refusal("reshaped on the way", "through node Reshape", builder => builder.Node("MatMul", ["x", builder.Node("Reshape", ["w", "i"])], ["y"]));
        yield return Refusal("transposed convolution", "ConvTranspose", builder => builder.Node("ConvTranspose", ["x", "w"], ["y"]));
        yield return Refusal("convolution of a matrix", "2 axes", builder => builder.Node("Conv", ["x", "w"], ["y"]));
        yield return Refusal("recurrence of a matrix", "recurrent weights are", builder => builder.Node("LSTM", ["x", "w", "r"], ["y"]));
    }

    [TestCaseSource(nameof(Refusals))]
    public void Find_SkipsAWeightWithTheReason(string reason, Action<GraphBuilder>[] build)
    {
        LayerScan scan = Scan(build);
        Assert.That(scan.Layers, Is.Empty);
        Assert.That(scan.Skipped.Single(layer => layer.Name == "w").Reason, Does.Contain(reason));
    }

    [TestCase(new long[] { 9 }, "1 axes")]
    [TestCase(new long[] { 1, 3, 3 }, "3 axes")]
    [TestCase(new long[] { 3, 0 }, "no elements")]
    public void Find_SkipsWhatIsNoMatrix(long[] dims, string reason)
    {
        OnnxModel model = Network(builder =>
        {
            builder.Initializer("v", new float[dims.Aggregate(1L, (a, b) => a * b)], dims);
            builder.Node("MatMul", ["x", "v"], ["y"]);
        });
        Assert.That(AdaptableLayers.Find(model.Graph).Skipped.Single().Reason, Does.Contain(reason));
    }

    [TestCase(OnnxDataType.Double, 72, "double")]
    [TestCase(OnnxDataType.Int8, 9, "int8")]
    public void Find_SkipsOtherElementTypes(int dataType, int length, string reason)
    {
        OnnxModel model = Network(builder =>
        {
            builder.Initializer(GraphBuilder.Tensor("v", dataType, new byte[length], 3, 3));
            builder.Node("MatMul", ["x", "v"], ["y"]);
        });
        Assert.That(AdaptableLayers.Find(model.Graph).Skipped.Single().Reason, Does.Contain(reason));
    }

    [Test]
    public void Find_SkipsAWeightThatASubgraphUses()
    {
        OnnxModel model = SmallModels.Changed(SmallModels.Conditional(), proto => proto.Node("If").Attribute[0].G.Node[0].Input[1] = "w2");
        Assert.That(AdaptableLayers.Find(model.Graph).Skipped.Single(layer => layer.Name == "w2").Reason, Does.Contain("subgraph"));
    }

    [Test]
    public void Find_TakesWeightsListedAsInputs_BeforeFormatVersion4()
    {
        Wire graph = HandMade.LinearGraph().Message(11, HandMade.Value("W", 1, 2, 3));
        Assert.That(AdaptableLayers.Find(HandMade.Parse(HandMade.Model(graph, irVersion: 3, opset: 9)).Graph).Layers, Has.Count.EqualTo(1));
        Assert.That(AdaptableLayers.Find(HandMade.Parse(HandMade.Model(graph, irVersion: 4, opset: 9)).Graph).Layers, Is.Empty);
    }

    [Test]
    public void Find_IgnoresProductsOfActivations()
    {
        LayerScan scan = Scan(builder => builder.Node("MatMul", ["x", "x"], ["y"]));
        Assert.That(scan.Layers, Is.Empty);
        Assert.That(scan.Skipped, Is.Empty);
    }

    private static TestCaseData Refusal(string name, string reason, params Action<GraphBuilder>[] build) =>
        new TestCaseData(reason, build).SetArgDisplayNames(name);

    private static LayerScan Scan(params Action<GraphBuilder>[] build) => AdaptableLayers.Find(Network(build).Graph);

    private static OnnxModel Network(params Action<GraphBuilder>[] build)
    {
        GraphBuilder builder = new GraphBuilder("network")
            .Input("x", TensorElementType.Float32, "batch", 3)
            .Input("i", TensorElementType.Int64, "batch")
            .Input("r", TensorElementType.Float32);
        if (build.Length > 0)
            builder.Initializer("w", SmallModels.Ramp(9, 0.1f), 3, 3);
        foreach (Action<GraphBuilder> step in build)
            step(builder);
        return builder.Output("y", TensorElementType.Float32).Build();
    }
}
