namespace LoraEdge.Onnx.Tests;

/// <summary>Nodes over which ONNX Runtime ends the process, takes all memory, or never finishes: found by the fuzz tests.</summary>
public sealed class NodeLimitTests
{
    [TestCase("Max", new[] { "", "x" }, "omits its input 0")]
    [TestCase("Min", new[] { "x", "", "x" }, "omits its input 1")]
    [TestCase("Add", new[] { "x", "" }, "omits its input 1")]
    [TestCase("DFT", new[] { "x", "", "" }, "omits its input 2")]
    public void RequiredInputThatIsOmitted_IsRefused(string op, string[] inputs, string message) =>
        RequireRefusal(graph => graph.Node(op, inputs, ["y"]), message);

    [Test]
    public void SplitIntoFewerPartsThanOutputs_IsRefused() =>
        RequireRefusal(graph => graph.Node("Split", ["x"], ["y", "z", "more"], [("num_outputs", 2)]), "splits into 2 parts, but has 3 outputs");

    [Test]
    public void PaddingOfAConvolutionBeyondAllMemory_IsRefused() =>
        RequireRefusal(graph => graph.Node("AveragePool", ["x"], ["y"], [("kernel_shape", new[] { 2, 2 }), ("pads", new[] { 1L << 20, 0, 1L << 20, 1L << 20 })]), "pads a tensor to more elements");

    [Test]
    public void NegativePaddingOfAWindow_IsRefused() =>
        RequireRefusal(graph => graph.Node("AveragePool", ["x"], ["y"], [("kernel_shape", new[] { 2, 2 }), ("pads", new[] { long.MinValue, 0, 0, 0 })]), "has negative pads");

    [Test]
    public void HugePoolingWindow_IsRefused() =>
        RequireRefusal(graph => graph.Node("AveragePool", ["x"], ["y"], [("kernel_shape", new[] { 1L, 1L << 24 }), ("auto_pad", "SAME_LOWER")]), "has a window of [1,16777216]");

    [TestCase("ConstantOfShape", 0)]
    [TestCase("Expand", 1)]
    [TestCase("Tile", 1)]
    public void HugeConstantSizes_AreRefused(string op, int slot) => RequireRefusal(graph =>
    {
        graph.Initializer("sizes", [1L << 31, 1, 1L << 31, 1], 4);
        graph.Node(op, slot == 0 ? ["sizes"] : ["x", "sizes"], ["y"]);
    }, "makes a tensor of the sizes or factors [2147483648,1,2147483648,1]");

    [Test]
    public void HugeRange_IsRefused() => RequireRefusal(graph =>
    {
        graph.Initializer("from", [0L]).Initializer("to", [1L << 40]).Initializer("by", [1L]);
        graph.Node("Range", ["from", "to", "by"], ["y"]);
    }, "counts 1.1E+12 numbers");

    [Test]
    public void ShapeOfMoreAxesThanTensorsHave_IsRefused() =>
        RequireRefusal(graph => graph.Input("shape", TensorElementType.Int64, long.MaxValue).Node("Reshape", ["x", "shape"], ["y"]), "makes a tensor of 9223372036854775807 axes");

    [TestCase(new[] { "x", "b" }, "has an input 1 of rank 1, not 2")]
    [TestCase(new[] { "x", "", "b" }, "omits its input 1")]
    public void AttentionOverAVector_IsRefused(string[] inputs, string message) => RequireRefusal(graph =>
    {
        graph.Opset("com.microsoft", 1).Initializer("b", new float[12], 12);
        graph.Node("Attention", inputs, ["y"], [("num_heads", 2)], "com.microsoft");
    }, message, "batch", 3, 4);

    [Test]
    public void InputThatAnOptimizedAttentionNeedsAndOmits_IsRefused() => RequireRefusal(graph =>
    {
        graph.Opset("com.microsoft", 1);
        graph.Node("GroupQueryAttention", ["x", "x", "x", "", "", "", "x"], ["y"], [("num_heads", 2), ("kv_num_heads", 1)], "com.microsoft");
    }, "omits its input 5");

    [TestCase("DepthToSpace", "blocksize", 0L)]
    [TestCase("DepthToSpace", "blocksize", 1L << 40)]
    [TestCase("Attention", "q_num_heads", 0L)]
    [TestCase("Attention", "kv_num_heads", long.MinValue)]
    [TestCase("GatherND", "batch_dims", -3L)]
    [TestCase("Conv", "group", 0L)]
    public void CountOutOfRange_IsRefused(string op, string attribute, long value) =>
        RequireRefusal(graph => graph.Node(op, ["x", "x"], ["y"], [(attribute, value)]), $"has {attribute} {value}, which must be");

    [TestCase("strides", 0L)]
    [TestCase("dilations", -1L)]
    public void StepsOfAWindowOutOfRange_AreRefused(string attribute, long step) =>
        RequireRefusal(graph => graph.Node("MaxPool", ["x"], ["y"], [("kernel_shape", new[] { 2, 2 }), (attribute, new[] { 1, step })]), $"has {attribute} [1,{step}], which must be 1");

    [TestCase("RandomUniform", "high", float.NaN, "draws from 0 to NaN")]
    [TestCase("RandomUniform", "low", 2f, "draws from 2 to 1")]
    [TestCase("RandomNormal", "scale", 0f, "draws with the deviation 0")]
    public void NoiseWithoutARange_IsRefused(string op, string attribute, float value, string message) =>
        RequireRefusal(graph => graph.Node(op, [], ["y"], [("shape", new[] { 2L }), (attribute, value)]), message);

    [TestCase("OneHot", 1)]
    [TestCase("CumSum", 1)]
    [TestCase("TopK", 1)]
    public void NumberThatIsNone_IsRefused(string op, int slot) => RequireRefusal(graph =>
    {
        graph.Initializer("none", Array.Empty<long>(), 0);
        graph.Node(op, ["x", "none", "x"], ["y"]);
    }, $"needs one number as input {slot}");

    [TestCase("bij,jk->bik", "w", "x", "names the axes 'bij' of an input 0 of rank 2")]
    [TestCase("...ij,jk->...ik", "x", "v", "names the axes 'jk' of an input 1 of rank 1")]
    public void EinsumOverOtherAxesThanThereAre_IsRefused(string equation, string left, string right, string message) => RequireRefusal(graph =>
    {
        graph.Initializer("w", new float[12], 3, 4).Initializer("v", new float[4], 4);
        graph.Node("Einsum", [left, graph.Node("Relu", [right])], ["y"], [("equation", equation)]);
    }, message, 2, 3, 4);

    [Test]
    public void NormalizationOverAxesThatThereAreNot_IsRefused() =>
        RequireRefusal(graph => graph.Node("MeanVarianceNormalization", [graph.Node("Softmax", ["x"])], ["y"]), "normalises over axes that a tensor of rank 2 lacks", 3, 4);

    [Test]
    public void PositionsThatAreNoMatrix_AreRefused() => RequireRefusal(graph =>
    {
        graph.Opset("com.microsoft", 1).Initializer("shape", [-1L], 1);
        string positions = graph.Node("Reshape", ["x", "shape"]);
        graph.Node("GroupQueryAttention", ["x", "x", "x", "", "", "x", "x", "", "", positions], ["y"], [("num_heads", 2), ("kv_num_heads", 1)], "com.microsoft");
    }, "has an input 9 of rank 1, not 2", 1, 3, 4);

    [Test]
    public void ConvolutionWithAVector_IsRefused() => RequireRefusal(graph =>
    {
        graph.Initializer("w", new float[16], 16);
        graph.Node("BatchNormalization", [graph.Node("Conv", ["x", "w"]), "w", "w", "w", "w"], ["y"]);
    }, "has an input 1 of rank 1, not 2 or more");

    [TestCase("GlobalAveragePool", new string[0], 4)]
    [TestCase("Add", new[] { "x" }, 4)]
    [TestCase("Flatten", new string[0], 2)]
    [TestCase("Unsqueeze", new[] { "axes" }, 5)]
    [TestCase("Squeeze", new[] { "axes" }, 3)]
    [TestCase("ReduceMax", new[] { "axes" }, 4)]
    [TestCase("Gather", new[] { "axes" }, 4)]
    [TestCase("MatMul", new[] { "x" }, 4)]
    public void UpsamplingOfMoreOrFewerAxesThanScales_IsRefused(string before, string[] inputs, int rank) => RequireRefusal(graph =>
    {
        graph.Initializer("axes", [0L], 1).Initializer("scales", [1f, 1, 1, 1, 2, 2], 6);
        graph.Node("Upsample", [graph.Node(before, ["x", .. inputs]), "scales"], ["y"]);
    }, $"has an input 0 of rank {rank}, not 6");

    /// <summary>No axes mean all of size 1, and an axis named twice goes once: a rank that is taken for known must be the one at run time.</summary>
    [TestCase(new long[0])]
    [TestCase(new long[] { 0, 0 })]
    [TestCase(new long[] { 0, -3 })]
    public void KernelBehindASqueezeOfAnUnsureRank_IsGuarded(long[] axes)
    {
        GraphBuilder graph = new GraphBuilder("squeezed", opset: 11).Input("x", TensorElementType.Float32, 1, 1, 4).Input("lengths", TensorElementType.Int64, 4);
        graph.Node("ReverseSequence", [graph.Node("Squeeze", ["x"], attributes: [("axes", axes)]), "lengths"], ["y"]);
        OnnxModel model = graph.Output("y", TensorElementType.Float32, 1, 4).Build();

        Assert.That(model.WithKernelGuards().Graph.Nodes.Select(node => node.OpType), Is.EqualTo(new[] { "Squeeze", "Concat", "ReverseSequence" }));
    }

    [Test]
    public void DynamicallyQuantizedProductWithOtherScalesThanColumns_IsRefused() => RequireRefusal(graph =>
    {
        graph.Initializer(GraphBuilder.Tensor("w", OnnxDataType.Int8, new byte[4], 4, 1)).Initializer("scales", new float[3], 3);
        graph.Node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]);
        string product = graph.Node("Cast", [graph.Node("MatMulInteger", ["q", "w", "z"])], null, [("to", OnnxDataType.Float)]);
        graph.Node("Mul", [product, graph.Node("Mul", ["s", "scales"])], ["y"]);
    }, "has another number of columns than the scales", 3, 4);

    [Test]
    public void RotationOverTheWholeWidth_IsNot()
    {
        GraphBuilder graph = new GraphBuilder("limits").Opset("com.microsoft", 1).Input("x", TensorElementType.Float32, 1, 3, 8).Input("at", TensorElementType.Int64, 1, 3);
        graph.Initializer("table", new float[16], 4, 4);
        graph.Node("RotaryEmbedding", ["x", "at", "table", "table"], ["y"], [("num_heads", 0)], "com.microsoft");

        Assert.That(() => graph.Output("y", TensorElementType.Float32, 1, 3, 8).Build(), Throws.Nothing);
    }

    [Test]
    public void UsualPaddingAndWindows_AreNot()
    {
        GraphBuilder graph = new GraphBuilder("limits").Input("x", TensorElementType.Float32, 1, 1, 8, 8);
        graph.Node("AveragePool", ["x"], ["y"], [("kernel_shape", new[] { 7, 7 }), ("pads", new[] { 3, 3, 3, 3 })]);

        Assert.That(() => graph.Output("y", TensorElementType.Float32, 1, 1, 8, 8).Build(), Throws.Nothing);
    }

    private static void RequireRefusal(Action<GraphBuilder> add, string message, params Dimension[] shape)
    {
        GraphBuilder graph = new GraphBuilder("limits", opset: 18).Input("x", TensorElementType.Float32, shape.Length > 0 ? shape : [1, 1, 8, 8]);
        add(graph);
        graph.Output("y", TensorElementType.Float32);

        Assert.That(() => graph.Build(), Throws.TypeOf<ModelFormatException>().With.Message.Contains(message));
    }
}
