namespace LoraEdge.Onnx.Tests;

public sealed class ReadingTests
{
    [Test]
    public void Parse_OfAModelWrittenByHand_FindsEveryPart()
    {
        OnnxModel model = HandMade.Parse(HandMade.Model(HandMade.LinearGraph()));
        OnnxGraph graph = model.Graph;
        Assert.Multiple(() =>
        {
            Assert.That(model.Name, Is.EqualTo("hand-made.onnx"));
            Assert.That(model.IrVersion, Is.EqualTo(8));
            Assert.That(model.Opsets, Is.EquivalentTo(new Dictionary<string, long> { [""] = 17 }));
            Assert.That(graph.Inputs.Single().Name, Is.EqualTo("x"));
            Assert.That(graph.Inputs.Single().ElementType, Is.EqualTo(OnnxDataType.Float));
            Assert.That(graph.Inputs.Single().Shape, Is.EqualTo(new Dimension[] { new(null, "batch"), new(2, null) }));
            Assert.That(graph.Outputs.Single().Name, Is.EqualTo("y"));
            Assert.That(graph.Nodes.Single().OpType, Is.EqualTo("MatMul"));
            Assert.That(graph.Nodes.Single().Inputs, Is.EqualTo(new[] { "x", "W" }));
            Assert.That(graph.Initializers["W"].Dims, Is.EqualTo(new long[] { 2, 3 }));
            Assert.That(graph.Initializers["W"].ToFloats(), Is.EqualTo(new float[] { 1, 2, 3, 4, 5, 6 }));
        });
    }

    [Test]
    public void Parse_OfAttributesWrittenByHand_ReadsEveryKind()
    {
        Wire node = HandMade.Node(
            "Custom",
            ["x"],
            ["y"],
            new Wire().Text(1, "f").Float(2, 0.5f).Varint(20, 1),
            new Wire().Text(1, "i").Varint(3, -7).Varint(20, 2),
            new Wire().Text(1, "s").Text(4, "größe").Varint(20, 3),
            new Wire().Text(1, "t").Message(5, HandMade.Tensor("", [2.5f], 1)).Varint(20, 4),
            new Wire().Text(1, "floats").Float(7, 1).Float(7, 2).Varint(20, 6),
            new Wire().Text(1, "ints").Bytes(8, 1, 2, 3).Varint(20, 7),
            new Wire().Text(1, "strings").Text(9, "a").Text(9, "b").Varint(20, 8),
            new Wire().Text(1, "untyped").Varint(3, 9));
        OnnxNode read = HandMade.Parse(HandMade.Model(new Wire().Message(1, node).Message(11, HandMade.Value("x", 1)).Message(12, HandMade.Value("y", 1)))).Graph.Nodes[0];
        Assert.Multiple(() =>
        {
            Assert.That(read.GetFloat("f", 0), Is.EqualTo(0.5f));
            Assert.That(read.GetInt("i", 0), Is.EqualTo(-7));
            Assert.That(read.GetString("s", ""), Is.EqualTo("größe"));
            Assert.That(read.GetTensor("t")!.ToFloats(), Is.EqualTo(new[] { 2.5f }));
            Assert.That(read.GetFloats("floats"), Is.EqualTo(new[] { 1f, 2f }));
            Assert.That(read.GetInts("ints"), Is.EqualTo(new long[] { 1, 2, 3 }));
            Assert.That(read.GetStrings("strings"), Is.EqualTo(new[] { "a", "b" }));
            Assert.That(read.GetInt("untyped", 0), Is.EqualTo(9));
            Assert.That(read.AttributeNames, Is.EqualTo(new[] { "f", "floats", "i", "ints", "s", "strings", "t", "untyped" }));
            Assert.That(read.HasAttribute("f"), Is.True);
            Assert.That(read.HasAttribute("absent"), Is.False);
            Assert.That(read.GetInt("absent", 3), Is.EqualTo(3));
            Assert.That(read.GetInts("absent"), Is.Null);
            Assert.That(read.GetTensor("absent"), Is.Null);
        });
        Assert.That(
            () => read.GetInt("f", 0),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("hand-made.onnx").And.Message.Contains("'f'").And.Message.Contains("Custom"));
    }

    [Test]
    public void Shape_TellsAScalarFromAnUnknownRankAndAnUnknownSize()
    {
        Wire untyped = new Wire().Text(1, "untyped");
        Wire unranked = new Wire().Text(1, "unranked").Message(2, new Wire().Message(1, new Wire().Varint(1, 7)));
        Wire sequence = new Wire().Text(1, "sequence").Message(2, new Wire().Message(4, new Wire()));
        OnnxGraph graph = HandMade.Parse(HandMade.Model(new Wire()
            .Message(11, untyped).Message(11, unranked).Message(11, sequence)
            .Message(11, HandMade.Value("scalar", 1)).Message(11, HandMade.Value("negative", 1, -1, 0)))).Graph;
        Assert.Multiple(() =>
        {
            Assert.That(graph.Inputs.Select(input => input.ElementType), Is.EqualTo(new[] { 0, 7, 0, 1, 1 }));
            Assert.That(graph.Inputs[0].Shape, Is.Null);
            Assert.That(graph.Inputs[1].Shape, Is.Null);
            Assert.That(graph.Inputs[2].Shape, Is.Null);
            Assert.That(graph.Inputs[3].Shape, Is.Empty);
            Assert.That(graph.Inputs[4].Shape, Is.EqualTo(new Dimension[] { default, new(0, null) }));
        });
    }

    [Test]
    public void Domains_AiOnnxAndEmpty_AreTheSame()
    {
        Wire graph = new Wire().Message(1, HandMade.Node("Relu", ["x"], ["y"]).Text(7, "ai.onnx")).Message(11, HandMade.Value("x", 1)).Message(12, HandMade.Value("y", 1));
        Wire model = new Wire().Varint(1, 8).Message(7, graph).Message(8, new Wire().Text(1, "ai.onnx").Varint(2, 13));
        OnnxModel read = HandMade.Parse(model);
        Assert.That(read.Opsets[""], Is.EqualTo(13));
        Assert.That(read.Graph.Nodes[0].Domain, Is.Empty);
    }

    [Test]
    public void Inputs_LeaveOutInitializersThatAreListedAsInputs()
    {
        Wire graph = HandMade.LinearGraph().Message(11, HandMade.Value("W", 1, 2, 3));
        Assert.That(HandMade.Parse(HandMade.Model(graph)).Graph.Inputs.Select(input => input.Name), Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void InitializerNames_AreInOrdinalOrder()
    {
        Wire graph = new Wire();
        foreach (string name in new[] { "b", "a", "B", "a.b", "Z", "ä" })
            graph.Message(5, HandMade.Tensor(name, [0f], 1));
        Assert.That(HandMade.Parse(HandMade.Model(graph)).Graph.InitializerNames, Is.EqualTo(new[] { "B", "Z", "a", "a.b", "b", "ä" }));
    }
}
