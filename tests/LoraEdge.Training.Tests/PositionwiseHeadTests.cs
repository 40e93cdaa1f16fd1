namespace LoraEdge.Training.Tests;

/// <summary>A head can be run on some positions alone where everything in it but one value is constant.</summary>
public sealed class PositionwiseHeadTests
{
    private static readonly Objective s_objective = new() { ValueName = "logits", Loss = LossKind.SequenceCrossEntropy };

    [Test]
    public void ConstantWeight_MakesAHead() => Assert.That(HeadOf(_ => "scale"), Is.EqualTo("trunk"));

    [Test]
    public void WeightWithAScaleThatIsComputed_MakesNone() =>
        Assert.That(HeadOf(graph => graph.Node("ReduceMax", ["x"], attributes: [("keepdims", 0)])), Is.Null);

    [Test]
    public void WeightThatIsAnInput_MakesNone() => Assert.That(HeadOf(_ => "given"), Is.Null);

    private static string? HeadOf(Func<GraphBuilder, string> scale)
    {
        GraphBuilder graph = new GraphBuilder("head").Input("x", TensorElementType.Float32, "batch", 3, 4).Input("given", TensorElementType.Float32);
        graph.Initializer(GraphBuilder.Tensor("w", OnnxDataType.Int8, new byte[4 * 6], 4, 6)).Initializer("scale", [0.1f]);
        string trunk = graph.Node("Relu", ["x"], ["trunk"]);
        graph.Node("MatMul", [trunk, graph.Node("Transpose", [graph.Node("Transpose", [graph.Node("DequantizeLinear", ["w", scale(graph)])])])], ["logits"]);
        return PositionwiseHead.Find(graph.Output("logits", TensorElementType.Float32, "batch", 3, 6).Build(), s_objective);
    }
}
