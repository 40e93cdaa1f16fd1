namespace LoraEdge.Onnx.Tests;

public sealed class GraphBuilderTests
{
    [Test]
    public void Build_GivesTheModelThatWasWrittenByHand()
    {
        var builder = new GraphBuilder("linear")
            .Input("x", TensorElementType.Float32, "batch", 2)
            .Initializer("W", [1f, 2, 3, 4, 5, 6], 2, 3);
        builder.Node("MatMul", ["x", "W"], ["y"]);
        OnnxModel model = builder.Output("y", TensorElementType.Float32, "batch", 3).Build();
        OnnxModel byHand = HandMade.Parse(HandMade.Model(HandMade.LinearGraph()));
        Assert.Multiple(() =>
        {
            Assert.That(model.Name, Is.EqualTo("linear"));
            Assert.That(model.IrVersion, Is.EqualTo(8));
            Assert.That(model.Opsets[""], Is.EqualTo(17));
            Assert.That(model.Fingerprint, Is.EqualTo(byHand.Fingerprint));
            Assert.That(model.Graph.Inputs[0].Shape, Is.EqualTo(byHand.Graph.Inputs[0].Shape));
            Assert.That(model.Graph.Outputs[0].Shape, Is.EqualTo(byHand.Graph.Outputs[0].Shape));
        });
    }

    [Test]
    public void Node_WithoutOutputs_NamesOneAndReturnsIt()
    {
        var builder = new GraphBuilder("chain").Input("x", TensorElementType.Float32);
        string first = builder.Node("Relu", ["x"]);
        string second = builder.Node("Relu", [first]);
        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(builder.Output(second, TensorElementType.Float32).Build().Graph.ProducerOf(second)!.Inputs, Is.EqualTo(new[] { first }));
    }

    [Test]
    public void Node_TakesEveryKindOfAttribute()
    {
        var builder = new GraphBuilder("attributes").Opset("custom", 3).Input("x", TensorElementType.Float32);
        builder.Node(
            "Custom",
            ["x"],
            ["y"],
            [
                ("long", 7L), ("int", -7), ("bool", true), ("float", 0.5f), ("double", 0.25), ("string", "text"),
                ("longs", new long[] { 1, 2 }), ("ints", new[] { 3, 4 }), ("none", Array.Empty<long>()), ("floats", new[] { 0.5f }),
                ("strings", new[] { "a", "b" }), ("tensor", GraphBuilder.Tensor("", [1L, 2], 2)),
            ],
            domain: "custom",
            name: "node");
        OnnxNode node = builder.Output("y", TensorElementType.Float32).Build().Graph.Nodes[0];
        Assert.Multiple(() =>
        {
            Assert.That(node.Name, Is.EqualTo("node"));
            Assert.That(node.Domain, Is.EqualTo("custom"));
            Assert.That((node.GetInt("long", 0), node.GetInt("int", 0), node.GetInt("bool", 0)), Is.EqualTo((7, -7, 1)));
            Assert.That((node.GetFloat("float", 0), node.GetFloat("double", 0)), Is.EqualTo((0.5f, 0.25f)));
            Assert.That(node.GetString("string", ""), Is.EqualTo("text"));
            Assert.That(node.GetInts("longs"), Is.EqualTo(new long[] { 1, 2 }));
            Assert.That(node.GetInts("ints"), Is.EqualTo(new long[] { 3, 4 }));
            Assert.That(node.GetInts("none"), Is.Empty);
            Assert.That(node.GetFloats("floats"), Is.EqualTo(new[] { 0.5f }));
            Assert.That(node.GetStrings("strings"), Is.EqualTo(new[] { "a", "b" }));
            Assert.That(node.GetTensor("tensor")!.Dims, Is.EqualTo(new long[] { 2 }));
        });
        Assert.That(() => builder.Node("Custom", [], ["z"], [("date", DateTime.Now)]), Throws.ArgumentException.With.Message.Contains("'date'"));
    }

    [Test]
    public void Build_OfAGraphThatBreaksTheRules_SaysHow()
    {
        var builder = new GraphBuilder("broken");
        builder.Node("Relu", ["nothing"], ["y"]);
        Assert.That(() => builder.Build(), Throws.TypeOf<ModelFormatException>().With.Message.Contains("broken").And.Message.Contains("'nothing'"));
    }

    [Test]
    public void Initializer_OfAnotherLengthThanItsShape_IsRefused() => Assert.That(
        () => new GraphBuilder("broken").Initializer("w", [1f, 2f], 3),
        Throws.TypeOf<ModelFormatException>().With.Message.Contains("'w'"));
}
