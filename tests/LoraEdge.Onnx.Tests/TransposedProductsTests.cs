namespace LoraEdge.Onnx.Tests;

/// <summary>Which products with a transposed weight become one node for ONNX Runtime.</summary>
public sealed class TransposedProductsTests
{
    [Test]
    public void Product_WithATransposedWeight_ReadsTheWeightItself()
    {
        OnnxModel fused = Model(graph => graph.Node("MatMul", ["x", graph.Node("Transpose", ["w"])], ["y"])).WithTransposedProducts();

        OnnxNode node = fused.Graph.Nodes.Single();
        Assert.Multiple(() =>
        {
            Assert.That(node.OpType, Is.EqualTo("FusedMatMul"));
            Assert.That(node.Inputs, Is.EqualTo(new[] { "x", "w" }));
            Assert.That(node.GetInt("transB", 0), Is.EqualTo(1));
            Assert.That(fused.Opsets["com.microsoft"], Is.EqualTo(1));
        });
    }

    private static IEnumerable<TestCaseData> Others =>
    [
        new TestCaseData((Action<GraphBuilder>)(graph => graph.Node("MatMul", ["x", "w"], ["y"]))).SetArgDisplayNames("nothing transposed"),
        new TestCaseData((Action<GraphBuilder>)(graph => graph.Node("MatMul", [graph.Node("Transpose", ["w"]), "x"], ["y"]))).SetArgDisplayNames("weight on the left"),
        new TestCaseData((Action<GraphBuilder>)(graph => graph.Node("MatMul", ["x", graph.Node("Transpose", ["x"])], ["y"]))).SetArgDisplayNames("transposed input"),
        new TestCaseData((Action<GraphBuilder>)(graph => graph.Node("MatMul", ["x", graph.Node("Transpose", ["w"], attributes: [("perm", new[] { 0, 1 })])], ["y"]))).SetArgDisplayNames("axes kept"),
        new TestCaseData((Action<GraphBuilder>)(graph => graph.Node("Add", [graph.Node("MatMul", ["x", graph.Node("Transpose", ["w"])]), "b"], ["y"]))).SetArgDisplayNames("with a bias, which fuses better"),
        new TestCaseData((Action<GraphBuilder>)(graph =>
        {
            string turned = graph.Node("Transpose", ["w"]);
            graph.Node("Add", [graph.Node("MatMul", ["x", turned]), turned], ["y"]);
        })).SetArgDisplayNames("transposed weight read elsewhere"),
    ];

    [TestCaseSource(nameof(Others))]
    public void OtherModels_StayAsTheyAre(Action<GraphBuilder> nodes)
    {
        OnnxModel model = Model(nodes);

        Assert.That(model.WithTransposedProducts(), Is.SameAs(model));
    }

    [Test]
    public void TransposedWeight_ThatIsAnOutput_StaysComputed()
    {
        OnnxModel model = Model(graph => graph.Node("MatMul", ["x", graph.Node("Transpose", ["w"], ["turned"])], ["y"])).WithOutputs(["y", "turned"]);

        Assert.That(model.WithTransposedProducts(), Is.SameAs(model));
    }

    private static OnnxModel Model(Action<GraphBuilder> nodes)
    {
        GraphBuilder graph = new GraphBuilder("products").Input("x", TensorElementType.Float32, 4, 4).Initializer("w", new float[16], 4, 4).Initializer("b", new float[4], 4);
        nodes(graph);
        return graph.Output("y", TensorElementType.Float32, 4, 4).Build();
    }
}
