using LoraEdge.Onnx.Parity;

namespace LoraEdge.Onnx.Tests.Parity;

public sealed class IntegerRangeTests
{
    [Test]
    public void Index_StaysWithinTheTableItLooksUp() =>
        AssertRange(builder => builder.Node("Gather", ["table", "ids"], ["y"]), 0, 9);

    [Test]
    public void Index_OfAnotherAxis_StaysWithinThat() =>
        AssertRange(builder => builder.Node("Gather", ["table", "ids"], ["y"], [("axis", -1)]), 0, 3);

    [Test]
    public void Index_OfSeveralTables_StaysWithinTheSmallest() => AssertRange(
        builder =>
        {
            builder.Node("Gather", ["table", "ids"], ["a"]);
            builder.Node("Gather", ["small", "ids"], ["b"]);
            builder.Node("Add", ["a", "b"], ["y"]);
        }, 0, 2);

    [Test]
    public void Index_IsFollowedThroughWhatKeepsItsValues() => AssertRange(
        builder =>
        {
            builder.Node("Cast", ["ids"], ["wide"], [("to", 7)]);
            builder.Node("Reshape", ["wide", "shape"], ["flat"]);
            builder.Node("Gather", ["table", "flat"], ["y"]);
        }, 0, 9);

    /// <summary>As position ids of models that reserve the first rows of their table.</summary>
    [Test]
    public void Index_WithAnOffset_LeavesRoomForIt() => AssertRange(
        builder =>
        {
            builder.Node("Add", ["ids", "two"], ["shifted"]);
            builder.Node("Gather", ["table", "shifted"], ["y"]);
        }, 0, 7);

    [Test]
    public void Index_WithAnOffsetTaken_BeginsWithIt() => AssertRange(
        builder =>
        {
            builder.Node("Sub", ["ids", "two"], ["shifted"]);
            builder.Node("Gather", ["table", "shifted"], ["y"]);
        }, 2, 11);

    [Test]
    public void Index_OfAConvertedTable_StaysWithinIt() => AssertRange(
        builder =>
        {
            builder.Node("Cast", ["table"], ["half"], [("to", 10)]);
            builder.Node("Gather", ["half", "ids"], ["y"]);
        }, 0, 9);

    [Test]
    public void OneHot_StaysWithinItsDepth() =>
        AssertRange(builder => builder.Node("OneHot", ["ids", "depth", "values"], ["y"]), 0, 256);

    [Test]
    public void IndexOfAValueOfUnknownSize_IsZeroOrOne() => AssertRange(
        builder =>
        {
            builder.Node("Relu", ["table"], ["computed"]);
            builder.Node("Gather", ["computed", "ids"], ["y"]);
        }, 0, 1);

    [Test]
    public void Mask_IsZeroOrOne() => AssertRange(
        builder =>
        {
            builder.Node("Cast", ["ids"], ["mask"], [("to", 1)]);
            builder.Node("Mul", ["mask", "values"], ["y"]);
        }, 0, 1);

    [Test]
    public void Shape_IsOne() =>
        AssertRange(builder => builder.Node("ConstantOfShape", ["ids"], ["y"]), 1, 1);

    [Test]
    public void LengthOfASequence_IsOne() =>
        AssertRange(builder => builder.Node("LSTM", ["table", "small", "small", "", "ids"], ["y"]), 1, 1);

    [Test]
    public void EmbeddingsOfOptimizedExports_StayWithinTheirTables()
    {
        GraphBuilder Build(string[] inputs)
        {
            GraphBuilder builder = Start();
            builder.Opset("com.microsoft", 1).Node("EmbedLayerNormalization", inputs, ["y"], domain: "com.microsoft");
            return builder;
        }

        Assert.That(RangeOf(Build(["ids", "", "table", "small", "", "small", "small"])), Is.EqualTo(new IntegerRange(0, 9)));
        Assert.That(RangeOf(Build(["other", "ids", "table", "small", "small"])), Is.EqualTo(new IntegerRange(0, 2)));
    }

    [TestCase("Gather")]
    [TestCase("OneHot")]
    [TestCase("Add")]
    [TestCase("Sub")]
    [TestCase("GatherND")]
    public void MalformedNode_IsPassedOver(string op)
    {
        GraphBuilder builder = Start();
        builder.Node(op, ["ids"], ["y"]);
        Assert.That(RangeOf(builder), Is.EqualTo(new IntegerRange(0, 1)));
    }

    private static GraphBuilder Start() => new GraphBuilder("integers")
        .Input("ids", TensorElementType.Int64, "batch", 4)
        .Input("other", TensorElementType.Int64, "batch", 4)
        .Initializer("table", new float[40], 10, 4)
        .Initializer("small", new float[12], 3, 4)
        .Initializer("values", [0f, 1], 2)
        .Initializer("depth", [257f], 1)
        .Initializer("two", [2L])
        .Initializer("shape", [-1L], 1);

    private static void AssertRange(Action<GraphBuilder> build, long low, long high)
    {
        GraphBuilder builder = Start();
        build(builder);
        Assert.That(RangeOf(builder), Is.EqualTo(new IntegerRange(low, high)));
    }

    private static IntegerRange RangeOf(GraphBuilder builder) => IntegerRange.Of(builder.Output("y", TensorElementType.Float32, "batch").Build().Graph, "ids");
}
