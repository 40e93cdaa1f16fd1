namespace LoraEdge.Onnx.Tests;

/// <summary>Which values are known to have the batch as their first axis, across a Reshape.</summary>
public sealed class BatchRowsTests
{
    [Test]
    public void Reshape_OfAsManyElementsARow_KeepsTheBatch([Values(0, -1)] int first) =>
        Assert.That(AxesOf(["batch", 3, 4], [first, 12]), Is.EqualTo(2));

    [Test]
    public void Reshape_OfOtherElementsARow_FoldsSomethingIntoTheBatch() => Assert.That(AxesOf(["batch", 3, 4], [-1, 4]), Is.Null);

    [Test]
    public void Reshape_OfSizesThatVary_IsNotKnown() => Assert.That(AxesOf(["batch", "time", 4], [-1, 12]), Is.Null);

    [Test]
    public void Reshape_WithoutSizes_IsNotKnown() => Assert.That(AxesOf(["batch", 3, 4], [-1, 3, -1]), Is.Null);

    [Test]
    public void Reshape_OfSizesBeyondAnyTensor_IsNotKnown() =>
        Assert.That(AxesOf(["batch", long.MaxValue, long.MaxValue, 4], [-1, 12]), Is.Null);

    [TestCase("MatMul", 15)]
    [TestCase("Gemm", 5)]
    [TestCase("Add", 12)]
    [TestCase("LayerNormalization", 12)]
    public void Reshape_BehindAnotherNode_IsFollowed(string op, int perRow)
    {
        GraphBuilder builder = Builder("batch", 3, 4).Initializer("w", new float[20], 4, 5).Initializer("v", new float[60], 12, 5).Initializer("b", new float[12], 3, 4).Initializer("scale", new float[4], 4)
            .Initializer("flat", [-1L, 12], 2).Initializer("shape", [-1L, perRow, 1], 3);
        string y = op switch
        {
            "MatMul" => builder.Node("MatMul", ["x", "w"]),
            "Gemm" => builder.Node("Gemm", [builder.Node("Reshape", ["x", "flat"]), "v"]),
            "Add" => builder.Node("Add", ["b", "x"]),
            _ => builder.Node(op, ["x", "scale"]),
        };
        builder.Node("Reshape", [y, "shape"], ["y"]);

        Assert.That(new BatchRows(Built(builder)).AxesOf("y"), Is.EqualTo(3));
    }

    private static int? AxesOf(Dimension[] x, long[] shape)
    {
        GraphBuilder builder = Builder(x).Initializer("shape", shape, shape.Length);
        builder.Node("Reshape", ["x", "shape"], ["y"]);
        return new BatchRows(Built(builder)).AxesOf("y");
    }

    private static GraphBuilder Builder(params Dimension[] x) => new GraphBuilder("rows").Input("x", TensorElementType.Float32, x);

    private static OnnxGraph Built(GraphBuilder builder) => builder.Output("y", TensorElementType.Float32).Build().Graph;
}
