namespace LoraEdge.Onnx.Tests;

public sealed class MalformedModelTests
{
    private static IEnumerable<TestCaseData> Malformed()
    {
        yield return Bytes("no bytes", [], "is empty");
        yield return Bytes("text", "just some text, no model"u8.ToArray(), "hand-made.onnx");
        yield return Bytes("zeros", new byte[100], "not an ONNX model");
        yield return Bytes("length beyond the end", [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], "truncated");
        yield return Bytes("negative length", [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "not an ONNX model");
        yield return Bytes("endless number", [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "not an ONNX model");
        yield return Bytes("no graph", new Wire().Varint(1, 8).ToArray(), "no graph");
        yield return Bytes("no operator set", new Wire().Varint(1, 8).Message(7, HandMade.LinearGraph()).ToArray(), "no operator set");
        yield return Bytes("operator set of version 0", HandMade.Model(HandMade.LinearGraph(), 8, 0).ToArray(), "version 0");
        yield return Bytes("two versions of one set", HandMade.Model(HandMade.LinearGraph()).Message(8, new Wire().Text(1, "ai.onnx").Varint(2, 12)).ToArray(), "contradicts");
        yield return Graph("cycle", "cycle", new Wire().Message(1, HandMade.Node("Add", ["x", "b"], ["a"])).Message(1, HandMade.Node("Neg", ["a"], ["b"])));
        yield return Graph("node that needs itself", "cycle", new Wire().Message(1, HandMade.Node("Add", ["x", "a"], ["a"])));
        yield return Graph("undefined input", "'nothing'", new Wire().Message(1, HandMade.Node("Neg", ["nothing"], ["a"])));
        yield return Graph("undefined output", "'nothing'", new Wire().Message(12, HandMade.Value("nothing", 1)));
        yield return Graph("value computed twice", "'a'", new Wire().Message(1, HandMade.Node("Neg", ["x"], ["a"])).Message(1, HandMade.Node("Abs", ["x"], ["a"])));
        yield return Graph("one node computes a value twice", "'a'", new Wire().Message(1, HandMade.Node("Split", ["x"], ["a", "a"])));
        yield return Graph("node computes an input", "'x'", new Wire().Message(1, HandMade.Node("Neg", ["x"], ["x"])));
        yield return Graph("node computes an initializer", "'t'", new Wire().Message(5, HandMade.Tensor("t", [0], 1)).Message(1, HandMade.Node("Neg", ["x"], ["t"])));
        yield return Graph("two initializers of one name", "two initializers named 't'", new Wire().Message(5, HandMade.Tensor("t", [0], 1)).Message(5, HandMade.Tensor("t", [0], 1)));
        yield return Graph("two inputs of one name", "two graph inputs named 'x'", new Wire().Message(11, HandMade.Value("x", 1)));
        yield return Graph("two outputs of one name", "two graph outputs named 'x'", new Wire().Message(12, HandMade.Value("x", 1)).Message(12, HandMade.Value("x", 1)));
        yield return Graph("initializer without a name", "no name", new Wire().Message(5, HandMade.Tensor("", [0], 1)));
        yield return Graph("node without an operator", "operator", new Wire().Message(1, new Wire().Text(1, "x").Text(2, "a")));
        yield return Graph("attribute twice", "'axis'", new Wire().Message(1, HandMade.Node("Neg", ["x"], ["a"], Axis(), Axis())));
        yield return Graph("attribute without a name", "without a name", new Wire().Message(1, HandMade.Node("Neg", ["x"], ["a"], new Wire().Varint(3, 1))));
        yield return Graph("attribute of a function", "function", new Wire().Message(1, HandMade.Node("Neg", ["x"], ["a"], Axis().Text(21, "outer"))));
        yield return Graph("unknown domain", "'custom'", new Wire().Message(1, HandMade.Node("Neg", ["x"], ["a"]).Text(7, "custom")));
        yield return Graph("sparse initializer", "sparse", new Wire().Message(15, new Wire()));
        yield return Tensor("negative size", "cannot be negative", HandMade.Tensor("t", 1, -1).Bytes(9, 0, 0, 0, 0));
        yield return Tensor("product beyond 64 bits", "more elements", HandMade.Tensor("t", 1, long.MaxValue, long.MaxValue));
        yield return Tensor("product that wraps to 4 bytes", "more elements", HandMade.Tensor("t", 1, 1L << 62, 4, 1).Bytes(9, 0, 0, 0, 0));
        yield return Tensor("larger than 2 GB", "2 GB", HandMade.Tensor("t", 1, 1L << 40));
        yield return Tensor("no elements", "the file gives 0", HandMade.Tensor("t", 1, 1L << 28));
        yield return Tensor("bytes left over", "the file gives 5", HandMade.Tensor("t", 1, 1).Bytes(9, 0, 0, 0, 0, 0));
        yield return Tensor("unknown type", "element type 99", HandMade.Tensor("t", 99, 1).Bytes(9, 0));
        yield return Tensor("no type", "element type 0", new Wire().Varint(1, 1).Text(8, "t").Bytes(9, 0));
        yield return Tensor("two storage forms", "more than one field", HandMade.Tensor("t", 2, 1).Bytes(9, 7).Bytes(5, 7));
        yield return Tensor("another type's field", "float_data", HandMade.Tensor("t", 1, 1).Bytes(5, 7));
        yield return Tensor("strings in raw form", "string_data", HandMade.Tensor("t", 8, 1).Bytes(9, 7));
        yield return Tensor("segments", "segments", HandMade.Tensor("t", 2, 1).Message(3, new Wire().Varint(1, 0)).Bytes(9, 7));
        yield return Tensor("a hundred axes", "100 axes", HandMade.Tensor("t", 2, [.. Enumerable.Repeat(1L, 100)]).Bytes(9, 7));
        yield return Graph("tensor of an attribute", "tensor 't'", new Wire().Message(1, HandMade.Node("Constant", [], ["a"], new Wire().Text(1, "value").Message(5, HandMade.Tensor("t", 1, 7)))));
        yield return Graph("subgraph computes a value twice", "'b'", Branch(new Wire().Message(1, HandMade.Node("Neg", ["x"], ["b"])).Message(1, HandMade.Node("Neg", ["x"], ["b"]))));
        yield return Graph("subgraph reads nothing that exists", "'nothing'", Branch(new Wire().Message(1, HandMade.Node("Neg", ["nothing"], ["b"]))));
        yield return Graph("subgraph with a cycle", "cycle", Branch(new Wire().Message(1, HandMade.Node("Add", ["x", "c"], ["b"])).Message(1, HandMade.Node("Neg", ["b"], ["c"]))));
        yield return Graph("subgraph with two initializers of one name", "two initializers named 't'", Branch(new Wire().Message(5, HandMade.Tensor("t", [0], 1)).Message(5, HandMade.Tensor("t", [0], 1))));
        yield return Graph("subgraph with an unknown domain", "'custom'", Branch(new Wire().Message(1, HandMade.Node("Neg", ["x"], ["b"]).Text(7, "custom"))));
        yield return Graph("subgraph whose output nothing computes", "'c'", Branch(new Wire().Message(12, HandMade.Value("c", 1))));
        yield return Graph("tensor of a subgraph", "tensor 't'", new Wire().Message(1, HandMade.Node("If", ["x"], ["a"], new Wire().Text(1, "then_branch").Message(6,
            new Wire().Message(5, HandMade.Tensor("t", 1, 7))))));
        yield return Graph("subgraphs without end", "hand-made.onnx", Nested(200));
    }

    [TestCaseSource(nameof(Malformed))]
    public void Parse_NamesTheFileAndWhatIsWrong(byte[] bytes, string complaint) => Assert.That(
        () => OnnxModel.Parse(bytes, "hand-made.onnx"),
        Throws.TypeOf<ModelFormatException>().With.Message.Contains("hand-made.onnx").And.Message.Contains(complaint));

    [Test]
    public void Parse_TakesNodesOfOneName_AsExportersWriteThem()
    {
        Wire graph = new Wire()
            .Message(1, HandMade.Node("Neg", ["x"], ["a"]).Text(3, "node"))
            .Message(1, HandMade.Node("Neg", ["a"], ["b"]).Text(3, "node"))
            .Message(11, HandMade.Value("x", 1));
        Assert.That(HandMade.Parse(HandMade.Model(graph)).Graph.Nodes, Has.Count.EqualTo(2));
    }

    [Test]
    public void Parse_TakesOldModelsWithoutOperatorSets() =>
        Assert.That(HandMade.Parse(new Wire().Varint(1, 2).Message(7, HandMade.LinearGraph())).Opsets[""], Is.EqualTo(1));

    [TestCase("absent.onnx")]
    [TestCase("absent/model.onnx")]
    public void Load_OfAMissingFile_NamesThePath(string path) =>
        Assert.That(() => OnnxModel.Load(path), Throws.TypeOf<ModelFormatException>().With.Message.Contains(Path.GetFullPath(path)));

    [Test]
    public void Load_OfAFolder_IsRefused() =>
        Assert.That(() => OnnxModel.Load(Path.GetTempPath()), Throws.TypeOf<ModelFormatException>());

    /// <summary>An If that has one branch.</summary>
    private static Wire Branch(Wire graph) => new Wire().Message(1, HandMade.Node("If", ["x"], ["a"], new Wire().Text(1, "then_branch").Message(6, graph)));

    private static Wire Axis() => new Wire().Text(1, "axis").Varint(3, 1);

    private static Wire Nested(int depth)
    {
        var graph = new Wire();
        for (int i = 0; i < depth; i++)
            graph = new Wire().Message(1, HandMade.Node("If", [], [$"v{i}"], new Wire().Text(1, "then_branch").Message(6, graph)));
        return graph;
    }

    private static TestCaseData Bytes(string name, byte[] bytes, string complaint) => new TestCaseData(bytes, complaint).SetArgDisplayNames(name);

    private static TestCaseData Tensor(string name, string complaint, Wire tensor) => Graph(name, complaint, new Wire().Message(5, tensor));

    private static TestCaseData Graph(string name, string complaint, Wire graph) =>
        Bytes(name, HandMade.Model(graph.Message(11, HandMade.Value("x", 1))).ToArray(), complaint);
}
