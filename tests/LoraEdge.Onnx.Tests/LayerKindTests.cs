using System.Runtime.InteropServices;

namespace LoraEdge.Onnx.Tests;

/// <summary>What is found of weights that are not simply the matrix of a product.</summary>
public sealed class LayerKindTests
{
    [Test]
    public void Convolution_IsAMatrixOverItsFlattenedKernel_WhateverItsGroups()
    {
        AdaptableLayer layer = Only(builder => builder.Initializer("w", new float[6 * 2 * 3 * 5], 6, 2, 3, 5).Node("Conv", ["x", "w"], ["y"], [("group", 3)]));
        Assert.That((layer.OutFeatures, layer.InFeatures, layer.Storage, layer.IsDirect), Is.EqualTo((6, 2 * 3 * 5, WeightStorage.Kernel, true)));
        Assert.That(layer.Uses.Single().Kind, Is.EqualTo(LayerUseKind.Convolution));
    }

    [Test]
    public void Convolution_BehindTranspose_KnowsTheStoredOrder()
    {
        AdaptableLayer layer = Only(builder =>
        {
            builder.Initializer("w", new float[3 * 5 * 2 * 6], 3, 5, 2, 6);
            builder.Node("Conv", ["x", builder.Node("Transpose", ["w"], attributes: [("perm", new[] { 3, 2, 0, 1 })])], ["y"]);
        });
        Assert.That((layer.OutFeatures, layer.InFeatures), Is.EqualTo((6, 2 * 3 * 5)));
        Assert.That(layer.Axes, Is.EqualTo(new[] { 3, 2, 0, 1 }));
        Assert.That(layer.Dims, Is.EqualTo(new long[] { 6, 2, 3, 5 }));
    }

    [Test]
    public void RecurrentWeights_OfTwoDirections_AreTwoTargetsEach()
    {
        OnnxModel model = Build(builder =>
        {
            builder.Initializer("w", Ramp(2 * 8 * 3), 2, 8, 3).Initializer("r", Ramp(2 * 8 * 2), 2, 8, 2).Initializer("zzz", [1f]);
            builder.Node("LSTM", ["x", "w", "r"], ["y"], [("hidden_size", 2), ("direction", "bidirectional")]);
        });
        LayerScan scan = AdaptableLayers.Find(model.Graph);
        Assert.Multiple(() =>
        {
            Assert.That(scan.Layers.Select(layer => (layer.Name, layer.WeightName, layer.Direction)), Is.EqualTo(new[] { ("r", "r", 0), ("w", "w", 0), ("r#1", "r", 1), ("w#1", "w", 1) }));
            Assert.That(scan.Layers.Select(layer => layer.InitializerIndex), Is.EqualTo(new[] { 0, 1, 0 + 3, 1 + 3 }));
            Assert.That(scan.Layers.Select(layer => (layer.OutFeatures, layer.InFeatures)), Is.EqualTo(new[] { (8, 2), (8, 3), (8, 2), (8, 3) }));
            Assert.That(scan.Layers.Select(layer => layer.IsDirect), Is.All.False);
            Assert.That(scan.Layers[1].Norm, Is.EqualTo(Norm(Ramp(2 * 8 * 3).Take(24))).Within(1e-6));
            Assert.That(scan.Layers[3].Norm, Is.EqualTo(Norm(Ramp(2 * 8 * 3).Skip(24))).Within(1e-6));
        });
    }

    [Test]
    public void ConstantNodes_AreNumberedBehindTheInitializers_ByTheirOutputs()
    {
        OnnxModel model = Build(builder =>
        {
            builder.Initializer("z", new float[9], 3, 3);
            builder.Node("Constant", [], ["b"], [("value", GraphBuilder.Tensor("", Ramp(9), 3, 3))]);
            builder.Node("Constant", [], ["a"], [("value", GraphBuilder.Tensor("", [1L]))]);
            builder.Node("Constant", [], ["0"], [("value", GraphBuilder.Tensor("unused", Ramp(9), 3, 3))]);
            builder.Node("Mul", [builder.Node("MatMul", [builder.Node("MatMul", ["x", "z"]), "b"]), builder.Node("Cast", ["a"], attributes: [("to", 1)])], ["y"]);
        });
        Assert.That(AdaptableLayers.Find(model.Graph).Layers.Select(layer => (layer.Name, layer.InitializerIndex)), Is.EqualTo(new[] { ("z", 0), ("b", 2) }), "only what the fingerprint covers is numbered");
    }

    [Test]
    public void WithInitializers_ReplacesTheTensorOfAConstantNode()
    {
        OnnxModel model = Build(builder =>
        {
            builder.Node("Constant", [], ["b"], [("value", GraphBuilder.Tensor("", Ramp(9), 3, 3))]);
            builder.Node("MatMul", ["x", "b"], ["y"]);
        });
        byte[] before = model.ToBytes();
        OnnxModel changed = model.WithInitializers(new Dictionary<string, float[]> { ["b"] = [.. Ramp(9).Reverse()] });
        Assert.Multiple(() =>
        {
            Assert.That(OnnxModel.Parse(changed.ToBytes(), "again").Graph.ConstantOf("b")!.ToFloats(), Is.EqualTo(Ramp(9).Reverse()));
            Assert.That(changed.Graph.ConstantOf("b")!.ToFloats(), Is.EqualTo(Ramp(9).Reverse()));
            Assert.That(model.ToBytes(), Is.EqualTo(before));
        });
    }

    [Test]
    public void TiedWeight_IsOneLayer_WithTheOrientationOfEveryUse()
    {
        AdaptableLayer layer = Only(builder =>
        {
            builder.Initializer("w", Ramp(12), 4, 3).Initializer("i", [0L]);
            builder.Node("MatMul", [builder.Node("Gather", ["w", "i"]), builder.Node("Transpose", ["w"], ["t"])], ["y"]);
        });
        Assert.That((layer.InFeatures, layer.OutFeatures, layer.IsTransposed), Is.EqualTo((3, 4, true)));
        Assert.That(layer.Uses.Select(use => (use.Value, use.Kind, use.IsTransposed)), Is.EqualTo(new[] { ("w", LayerUseKind.Rows, true), ("t", LayerUseKind.Product, false) }));
    }

    [Test]
    public void ChainOfIdentityTransposeAndCast_IsLookedThrough()
    {
        AdaptableLayer layer = Only(builder =>
        {
            builder.Initializer(GraphBuilder.Tensor("w", OnnxDataType.Float16, new byte[24], 4, 3));
            builder.Node("MatMul", ["x", builder.Node("Cast", [builder.Node("Transpose", [builder.Node("Identity", ["w"])])], ["c"], [("to", OnnxDataType.Float)])], ["y"]);
        });
        Assert.That((layer.InFeatures, layer.OutFeatures, layer.IsTransposed, layer.MergedType), Is.EqualTo((3, 4, true, OnnxDataType.Float)));
        Assert.That(layer.Uses.Single().Value, Is.EqualTo("c"));
    }

    [Test]
    public void HalfPrecisionWeight_ThatSomethingReadsUncast_StaysHalf()
    {
        AdaptableLayer layer = Only(builder =>
        {
            builder.Initializer(GraphBuilder.Tensor("w", OnnxDataType.Float16, new byte[18], 3, 3));
            builder.Node("MatMul", ["x", builder.Node("Cast", ["w"], attributes: [("to", OnnxDataType.Float)])], ["y"]);
            builder.Node("Neg", ["w"]);
        });
        Assert.That(layer.MergedType, Is.EqualTo(OnnxDataType.Float16));
    }

    [Test]
    public void UsesThatNoBranchCanStandBeside_MakeTheLayerOneOfTheWholeTensor()
    {
        foreach (Action<GraphBuilder> other in new Action<GraphBuilder>[]
        {
            builder => builder.Node("Gemm", ["x", "w"], attributes: [("transB", 1)]),
            builder => builder.Node("Gemm", ["x", "w", "w"]),
            builder => builder.Node("MatMul", ["w", "w"]),
            builder => builder.Node("Gather", ["w", "x"], attributes: [("axis", 1)]),
            builder => builder.Node("Neg", ["w"]),
            builder => builder.Node("Cast", ["w"], attributes: [("to", OnnxDataType.Int64)]),
        })
        {
            AdaptableLayer layer = Only(builder =>
            {
                builder.Initializer("w", Ramp(9), 3, 3);
                builder.Node("MatMul", ["x", "w"], ["y"]);
                other(builder);
            });
            Assert.That(layer.Uses.Select(use => use.Kind), Has.Some.EqualTo(LayerUseKind.Whole));
            Assert.That(layer.IsDirect, Is.False);
        }
    }

    [TestCase("FusedMatMul", true, LayerUseKind.FusedProduct, "transB")]
    [TestCase("FusedMatMul", true, LayerUseKind.Whole, "transB", "transA")]
    [TestCase("FusedGemm", false, LayerUseKind.FusedProduct)]
    [TestCase("Attention", false, LayerUseKind.FusedProduct)]
    public void ProductsInsideOperatorsOfMicrosoft_AreLayers(string op, bool transposed, LayerUseKind kind, params string[] flags)
    {
        AdaptableLayer layer = Only(builder =>
        {
            builder.Opset("com.microsoft", 1).Initializer("w", Ramp(12), 4, 3);
            builder.Initializer("bias", Ramp(3), 3);
            builder.Node(op, op == "Attention" ? ["x", "w", "bias"] : ["x", "w"], ["y"], [.. flags.Select(flag => (flag, (object)1))], "com.microsoft");
        });
        Assert.That((layer.OutFeatures, layer.InFeatures), Is.EqualTo(transposed ? (4, 3) : (3, 4)));
        Assert.That(layer.Uses.Single().Kind, Is.EqualTo(kind));
    }

    [Test]
    public void Quantized_BehindDequantizeLinear_HasTheNormOfWhatItStandsFor()
    {
        byte[] q = [.. Enumerable.Range(0, 12).Select(i => (byte)(i * 20))];
        AdaptableLayer layer = Only(builder =>
        {
            builder.Initializer(GraphBuilder.Tensor("w", OnnxDataType.UInt8, q, 4, 3)).Initializer("scale", [0.1f, 0.2f, 0.3f, 0.4f], 4)
                .Initializer(GraphBuilder.Tensor("zero", OnnxDataType.UInt8, [1, 2, 3, 4], 4));
            builder.Node("Gemm", ["x", builder.Node("DequantizeLinear", ["w", "scale", "zero"], attributes: [("axis", 0)])], ["y"], [("transB", 1)]);
        });
        double expected = Norm(q.Select((value, i) => (float)((value - (1 + (i / 3))) * 0.1 * (1 + (i / 3)))));
        Assert.That((layer.IsQuantized, layer.IsDirect), Is.EqualTo((true, true)));
        Assert.That(layer.Norm, Is.EqualTo(expected).Within(1e-4));
    }

    [Test]
    public void Quantized_InBlocksAndTransposed_HasTheNormOfWhatItStandsFor()
    {
        sbyte[] q = [.. Enumerable.Range(-6, 12).Select(i => (sbyte)i)];
        float[] scales = [1, 2, 3, 4, 5, 6];
        AdaptableLayer layer = Only(builder =>
        {
            builder.Initializer(GraphBuilder.Tensor("w", OnnxDataType.Int8, MemoryMarshal.AsBytes(q.AsSpan()).ToArray(), 3, 4)).Initializer("scale", scales, 2, 3);
            string dequantized = builder.Node("DequantizeLinear", [builder.Node("Transpose", ["w"]), "scale"], attributes: [("axis", 0), ("block_size", 2)]);
            builder.Node("MatMul", ["x", dequantized], ["y"]);
        });
        // Row i and column j of the stored matrix: block j / 2 of column i behind the Transpose.
        double expected = Norm(q.Select((value, at) => value * scales[(at % 4 / 2 * 3) + (at / 4)]));
        Assert.That(layer.Norm, Is.EqualTo(expected).Within(1e-4));
    }

    [Test]
    public void DynamicallyQuantizedProduct_IsSeenFromItsFloatInputToItsFloatOutput()
    {
        AdaptableLayer layer = Only(builder => Dynamic(builder, "Mul"));
        LayerUse use = layer.Uses.Single();
        Assert.That((use.Kind, use.Input, use.Output), Is.EqualTo((LayerUseKind.IntegerProduct, "x", "y")));
        Assert.That(layer.Norm, Is.EqualTo(Norm(Enumerable.Range(0, 12).Select(i => i * (i % 2 == 0 ? 0.5f : 0.25f)))).Within(1e-4));
    }

    [Test]
    public void FloatsThatAProductOfIntegersReads_AreUsedAsAWhole()
    {
        AdaptableLayer layer = Only(builder =>
        {
            builder.Initializer("w", Ramp(12), 6, 2).Node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]);
            builder.Node("MatMulInteger", ["q", "w", "z"], ["y"]);
        });
        Assert.That(layer.Uses.Single().Kind, Is.EqualTo(LayerUseKind.Whole));
    }

    private static IEnumerable<TestCaseData> QuantizedRefusals()
    {
        yield return new TestCaseData("not between", (Action<GraphBuilder>)(builder => Dynamic(builder, "Add"))).SetArgDisplayNames("other nodes around MatMulInteger");
        yield return new TestCaseData("without a DequantizeLinear", (Action<GraphBuilder>)(builder =>
        {
            Bytes(builder);
            builder.Node("MatMul", [builder.Node("Gather", ["w", "x"]), builder.Node("DequantizeLinear", ["w", "scale"])], ["y"]);
        })).SetArgDisplayNames("looked up as integers");
        yield return new TestCaseData("none can stand beside", (Action<GraphBuilder>)(builder =>
        {
            Bytes(builder);
            string w = builder.Node("DequantizeLinear", ["w", "scale"]);
            builder.Node("Add", [builder.Node("MatMul", ["x", w]), builder.Node("Neg", [w])], ["y"]);
        })).SetArgDisplayNames("read as a whole");
        yield return new TestCaseData("no constants that fit", (Action<GraphBuilder>)(builder =>
        {
            Bytes(builder);
            builder.Node("MatMul", ["x", builder.Node("DequantizeLinear", ["w", "x"])], ["y"]);
        })).SetArgDisplayNames("scale that varies");
        yield return new TestCaseData("no constants that fit", (Action<GraphBuilder>)(builder =>
        {
            Bytes(builder).Initializer("long", new float[5], 5);
            builder.Node("MatMul", ["x", builder.Node("DequantizeLinear", ["w", "long"])], ["y"]);
        })).SetArgDisplayNames("scale of another length");
        yield return new TestCaseData("none can stand beside", (Action<GraphBuilder>)(builder =>
        {
            builder.Initializer(GraphBuilder.Tensor("w", OnnxDataType.Int8, new byte[8 * 3], 1, 8, 3)).Initializer("scale", [0.1f]);
            builder.Node("LSTM", ["x", builder.Node("DequantizeLinear", ["w", "scale"]), "x"], ["y"]);
        })).SetArgDisplayNames("recurrent");
        yield return new TestCaseData("QLinearMatMul", (Action<GraphBuilder>)(builder =>
        {
            Bytes(builder);
            builder.Node("QLinearMatMul", ["x", "scale", "scale", "w", "scale", "scale", "scale", "scale"], ["y"]);
        })).SetArgDisplayNames("integer kernel");
    }

    [TestCaseSource(nameof(QuantizedRefusals))]
    public void Quantized_InAnotherWay_IsSkippedWithTheReason(string reason, Action<GraphBuilder> build)
    {
        LayerScan scan = AdaptableLayers.Find(Build(build).Graph);
        Assert.That(scan.Layers, Is.Empty);
        Assert.That(scan.Skipped.Single(layer => layer.Name == "w").Reason, Does.Contain(reason));
    }

    [Test]
    public void Find_InAGraphOfManyReadersOfManyWeights_TakesLinearTime()
    {
        const int Count = 20_000;
        OnnxModel model = Build(builder =>
        {
            string[] names = [.. Enumerable.Range(0, Count).Select(i => $"w{i}")];
            foreach (string name in names)
                builder.Initializer(name, [1f], 1, 1);
            builder.Node("Concat", names, ["all"], [("axis", 0)]);
            builder.Node("MatMul", ["x", "all"], ["y"]);
        });
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.That(AdaptableLayers.Find(model.Graph).Layers, Is.Empty);
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    private static void Dynamic(GraphBuilder builder, string last)
    {
        builder.Initializer(GraphBuilder.Tensor("w", OnnxDataType.Int8, [.. Enumerable.Range(0, 12).Select(i => (byte)i)], 6, 2)).Initializer("scale", [0.5f, 0.25f], 2);
        builder.Node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]);
        string product = builder.Node("Cast", [builder.Node("MatMulInteger", ["q", "w", "z"])], attributes: [("to", OnnxDataType.Float)]);
        builder.Node(last, [product, builder.Node("Mul", ["s", "scale"])], ["y"]);
    }

    private static GraphBuilder Bytes(GraphBuilder builder) =>
        builder.Initializer(GraphBuilder.Tensor("w", OnnxDataType.Int8, new byte[12], 4, 3)).Initializer("scale", [0.1f]);

    private static AdaptableLayer Only(Action<GraphBuilder> build)
    {
        LayerScan scan = AdaptableLayers.Find(Build(build).Graph);
        Assert.That(scan.Skipped, Is.Empty);
        return scan.Layers.Single();
    }

    private static OnnxModel Build(Action<GraphBuilder> build)
    {
        GraphBuilder builder = new GraphBuilder("network", opset: 21, irVersion: 10).Input("x", TensorElementType.Float32);
        build(builder);
        return builder.Output("y", TensorElementType.Float32).Build();
    }

    private static float[] Ramp(int count) => SmallModels.Ramp(count, 0.1f);

    private static double Norm(IEnumerable<float> values) => Math.Sqrt(values.Sum(value => (double)value * value));
}
