namespace LoraEdge.Onnx.Tests;

/// <summary>Weights of 4 bits, and the blocks of MatMulNBits, as layers.</summary>
public sealed class BlockWeightTests
{
    private const int Out = 3;
    private const int In = 40;
    private const int Blocks = 3;

    [Test]
    public void Int4_BehindDequantizeLinear_HasTheNormOfWhatItStandsFor()
    {
        AdaptableLayer layer = Find(graph =>
        {
            // -8 to 6 by rows of 5, two to a byte.
            byte[] packed = [.. Enumerable.Range(0, 8).Select(i => (byte)(((2 * i) - 8 & 15) | (((2 * i) - 7 & 15) << 4)))];
            graph.Initializer(GraphBuilder.Tensor("w", OnnxDataType.Int4, packed, 3, 5)).Initializer("scale", [1f, 2, 4, 8, 16], 5);
            graph.Node("MatMul", ["x", graph.Node("DequantizeLinear", ["w", "scale"], attributes: [("axis", 1)])], ["y"]);
        }).Layers.Single();

        double expected = Norm(Enumerable.Range(0, 15).Select(i => (i - 8.0) * (1 << (i % 5))));
        Assert.That((layer.OutFeatures, layer.InFeatures, layer.IsQuantized, layer.IsDirect), Is.EqualTo((5, 3, true, true)));
        Assert.That(layer.Norm, Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void UInt4_InBlocksWithZeroPoints_HasTheNormOfWhatItStandsFor()
    {
        AdaptableLayer layer = Find(graph =>
        {
            // Rows of 0 1 2 and 3 4 5 with zero points 1 2 and 3 4.
            graph.Initializer(GraphBuilder.Tensor("w", OnnxDataType.UInt4, [0x10, 0x32, 0x54], 2, 3)).Initializer("scale", [1f, 10, 100, 1000], 2, 2)
                .Initializer(GraphBuilder.Tensor("zero", OnnxDataType.UInt4, [0x21, 0x43], 2, 2));
            graph.Node("Gemm", ["x", graph.Node("DequantizeLinear", ["w", "scale", "zero"], attributes: [("axis", 1), ("block_size", 2)])], ["y"], [("transB", 1)]);
        }).Layers.Single();

        Assert.That((layer.OutFeatures, layer.InFeatures), Is.EqualTo((2, 3)));
        Assert.That(layer.Norm, Is.EqualTo(Norm([-1, 0, 0, 0, 100, 1000])).Within(1e-6));
    }

    [TestCase(4, false)]
    [TestCase(4, true)]
    [TestCase(8, false)]
    [TestCase(8, true)]
    public void MatMulNBits_IsALayerOfTheNormOfWhatItStandsFor(int bits, bool hasZeros)
    {
        AdaptableLayer layer = Find(graph => Product(graph, bits, hasZeros ? "zero" : "")).Layers.Single();

        LayerUse use = layer.Uses.Single();
        Assert.That((layer.OutFeatures, layer.InFeatures, layer.Storage, layer.IsQuantized, layer.IsDirect), Is.EqualTo((Out, In, WeightStorage.Blocks, true, true)));
        Assert.That((use.Kind, use.Value, use.Input, use.Output, use.DataType), Is.EqualTo((LayerUseKind.Product, "w", "x", "y", OnnxDataType.Float)));
        Assert.That(layer.Norm, Is.EqualTo(Norm(Dequantized(bits, hasZeros))).Within(1e-4));
    }

    [Test]
    public void MatMulNBits_OfTwoNodesWithOneWeight_IsOneLayer()
    {
        AdaptableLayer layer = Find(graph => graph.Node("Add", [Product(graph, 4, "", "first"), Again(graph, "second")], ["y"])).Layers.Single();

        Assert.That(layer.Uses.Select(use => (use.Kind, use.Output)), Is.EqualTo(new[] { (LayerUseKind.Product, "first"), (LayerUseKind.Product, "second") }));
    }

    private static IEnumerable<TestCaseData> Refusals()
    {
        yield return Refused("g_idx", graph => Product(graph, 4, order: "order"));
        yield return Refused("a scale that varies", graph => Product(graph, 4, scales: "x"));
        yield return Refused("a scale too few", graph => Product(graph, 4, scales: "fewer"));
        yield return Refused("zero points that vary", graph => Product(graph, 4, zeros: "x"));
        yield return Refused("zero points too few", graph => Product(graph, 4, zeros: "fewer"));
        yield return Refused("another N", graph => Product(graph, 4, n: Out + 1));
        yield return Refused("an N that overflows", graph => Product(graph, 4, n: long.MaxValue));
        yield return Refused("a K of 0", graph => Product(graph, 4, k: 0));
        yield return Refused("a K in more blocks", graph => Product(graph, 4, k: In + 16));
        yield return Refused("a block size that is no power of 2", graph => Product(graph, 4, block: 24));
        yield return Refused("2 bits", graph => Product(graph, 2));
        yield return Refused("looked up too", graph =>
        {
            Product(graph, 4);
            graph.Node("Gather", ["w", "x"]);
        });
    }

    [TestCaseSource(nameof(Refusals))]
    public void MatMulNBits_ReadInAnotherWay_IsSkipped(Action<GraphBuilder> build)
    {
        LayerScan scan = Find(build);

        Assert.That(scan.Layers, Is.Empty);
        Assert.That(scan.Skipped.Select(layer => layer.Name), Does.Contain("w"));
    }

    private static TestCaseData Refused(string name, Action<GraphBuilder> build) => new TestCaseData(build).SetArgDisplayNames(name);

    private static string Product(
        GraphBuilder graph, int bits, string zeros = "", string output = "y", string scales = "scale", string order = "", long n = Out, long k = In, long block = 16)
    {
        graph.Initializer(GraphBuilder.Tensor("w", OnnxDataType.UInt8, Bytes(Out * Blocks * 2 * bits, 1), Out, Blocks, 2 * bits)).Initializer("scale", Scales, Out * Blocks)
            .Initializer("fewer", [1f], 1).Initializer(GraphBuilder.Tensor("zero", OnnxDataType.UInt8, Bytes(Out * ZeroStride(bits), 2), Out * ZeroStride(bits)))
            .Initializer(GraphBuilder.Tensor("order", OnnxDataType.Int32, new byte[4 * In], In));
        return graph.Node("MatMulNBits", ["x", "w", scales, zeros, order], [output], [("N", n), ("K", k), ("bits", bits), ("block_size", block)], "com.microsoft");
    }

    private static string Again(GraphBuilder graph, string output) =>
        graph.Node("MatMulNBits", ["x", "w", "scale"], [output], [("N", Out), ("K", In), ("bits", 4), ("block_size", 16)], "com.microsoft");

    private static IEnumerable<double> Dequantized(int bits, bool hasZeros)
    {
        byte[] packed = Bytes(Out * Blocks * 2 * bits, 1), zeros = Bytes(Out * ZeroStride(bits), 2);
        for (int row = 0; row < Out; row++)
        {
            for (int column = 0; column < In; column++)
            {
                int block = column / 16, zero = hasZeros ? Number(zeros[(row * ZeroStride(bits))..], block) : 1 << (bits - 1);
                yield return (Number(packed[(row * Blocks * 2 * bits)..], column) - zero) * (double)Scales[(row * Blocks) + block];
            }
        }

        int Number(byte[] row, int i) => bits == 8 ? row[i] : i % 2 == 0 ? row[i / 2] % 16 : row[i / 2] / 16;
    }

    private static int ZeroStride(int bits) => bits == 4 ? 2 : Blocks;

    private static float[] Scales => [.. Enumerable.Range(1, Out * Blocks).Select(i => 0.1f * i)];

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static LayerScan Find(Action<GraphBuilder> build)
    {
        GraphBuilder builder = new GraphBuilder("network", opset: 21, irVersion: 10).Opset("com.microsoft", 1).Input("x", TensorElementType.Float32);
        build(builder);
        return AdaptableLayers.Find(builder.Output("y", TensorElementType.Float32).Build().Graph);
    }

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));
}
