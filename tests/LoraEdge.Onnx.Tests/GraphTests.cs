namespace LoraEdge.Onnx.Tests;

public sealed class GraphTests
{
    [Test]
    public void Nodes_OutOfOrderInTheFile_AreSortedAndWrittenSorted()
    {
        Wire graph = Chain(["c", "d"], ["x", "a"], ["b", "c"], ["a", "b"]);
        OnnxModel model = HandMade.Parse(HandMade.Model(graph));
        Assert.That(Outputs(model.Graph.Nodes), Is.EqualTo(new[] { "a", "b", "c", "d" }));
        Assert.That(Outputs(OnnxModel.Parse(model.ToBytes(), "again").Graph.Nodes), Is.EqualTo(new[] { "a", "b", "c", "d" }));
    }

    [Test]
    public void Nodes_InOrderInTheFile_StayWhereTheyAre()
    {
        OnnxModel model = HandMade.Parse(HandMade.Model(Chain(["x", "z"], ["x", "b"], ["b", "a"], ["z", "c"])));
        Assert.That(Outputs(model.Graph.Nodes), Is.EqualTo(new[] { "z", "b", "a", "c" }));
    }

    [Test]
    public void AncestorsOf_IsWhatTheValuesNeedAndNothingElse()
    {
        OnnxGraph graph = HandMade.Parse(HandMade.Model(Chain(["x", "a"], ["a", "b"], ["a", "c"], ["c", "d"], ["x", "e"]))).Graph;
        Assert.Multiple(() =>
        {
            Assert.That(Outputs(graph.AncestorsOf(["d"])), Is.EqualTo(new[] { "a", "c", "d" }));
            Assert.That(Outputs(graph.AncestorsOf(["e", "b"])), Is.EqualTo(new[] { "a", "b", "e" }));
            Assert.That(graph.AncestorsOf(["x"]), Is.Empty);
            Assert.That(() => graph.AncestorsOf(["nowhere"]), Throws.ArgumentException.With.Message.Contains("nowhere"));
        });
    }

    [Test]
    public void ProducerAndConsumers_AreFoundByValue()
    {
        OnnxGraph graph = HandMade.Parse(HandMade.Model(Chain(["x", "a"], ["a", "b"], ["a", "c"]))).Graph;
        Assert.Multiple(() =>
        {
            Assert.That(graph.ProducerOf("a"), Is.SameAs(graph.Nodes[0]));
            Assert.That(graph.ProducerOf("x"), Is.Null);
            Assert.That(graph.ProducerOf("nowhere"), Is.Null);
            Assert.That(Outputs(graph.ConsumersOf("a")), Is.EqualTo(new[] { "b", "c" }));
            Assert.That(graph.ConsumersOf("c"), Is.Empty);
        });
    }

    [Test]
    public void ConsumersOf_ListsANodeOnceThoughItReadsTheValueTwice()
    {
        var builder = new GraphBuilder("square").Input("x", TensorElementType.Float32);
        builder.Node("Mul", ["x", "x"], ["y"]);
        Assert.That(builder.Output("y", TensorElementType.Float32).Build().Graph.ConsumersOf("x"), Has.Count.EqualTo(1));
    }

    [Test]
    public void OmittedInputs_AreEmptyNamesThatNothingDefines()
    {
        var builder = new GraphBuilder("clip").Input("x", TensorElementType.Float32).Initializer("max", [1f]);
        builder.Node("Clip", ["x", "", "max"], ["y"]);
        OnnxGraph graph = builder.Output("y", TensorElementType.Float32).Build().Graph;
        Assert.That(graph.Nodes[0].Inputs, Is.EqualTo(new[] { "x", "", "max" }));
        Assert.That(graph.AncestorsOf(["y"]), Has.Count.EqualTo(1));
    }

    [Test]
    public void Captures_OfASubgraph_CountAsReads()
    {
        // if (condition) then w + own else w: the branches read w of the main graph, which a later node in the file computes.
        Wire then = new Wire()
            .Message(1, HandMade.Node("Add", ["w", "own"], ["sum"]))
            .Message(5, HandMade.Tensor("own", [1f], 1))
            .Message(12, HandMade.Value("sum", 1, 1));
        Wire otherwise = new Wire().Message(12, HandMade.Value("w", 1, 1));
        Wire branch = HandMade.Node("If", ["condition"], ["y"], Subgraph("then_branch", then), Subgraph("else_branch", otherwise));
        OnnxGraph graph = HandMade.Parse(HandMade.Model(new Wire()
            .Message(1, branch)
            .Message(1, HandMade.Node("Neg", ["x"], ["w"]))
            .Message(11, HandMade.Value("condition", 9)).Message(11, HandMade.Value("x", 1, 1)).Message(12, HandMade.Value("y", 1, 1)))).Graph;
        OnnxNode conditional = graph.ProducerOf("y")!;
        Assert.Multiple(() =>
        {
            Assert.That(graph.Nodes.Select(node => node.OpType), Is.EqualTo(new[] { "Neg", "If" }));
            Assert.That(conditional.HasSubgraph, Is.True);
            Assert.That(conditional.CapturedValues, Is.EqualTo(new[] { "w" }));
            Assert.That(graph.ConsumersOf("w"), Is.EqualTo(new[] { conditional }));
            Assert.That(graph.AncestorsOf(["y"]), Has.Count.EqualTo(2));
        });
    }

    [Test]
    public void NodesOfASubgraph_AreSortedAndIndexedLikeThoseOfTheMainGraph()
    {
        var builder = new GraphBuilder("outer").Input("x", TensorElementType.Float32).Input("flag", TensorElementType.Boolean);
        GraphBuilder then = builder.Subgraph("then"), otherwise = builder.Subgraph("else");
        then.Node("Abs", ["a"], ["r"]);
        then.Node("Neg", ["x"], ["a"]);
        otherwise.Node("Abs", [otherwise.Node("Neg", ["x"])], ["r"]);
        builder.Node("If", ["flag"], ["y"], [("then_branch", then.Output("r", TensorElementType.Float32)), ("else_branch", otherwise.Output("r", TensorElementType.Float32))]);
        OnnxNode conditional = builder.Output("y", TensorElementType.Float32).Build().Graph.Nodes.Single();

        OnnxGraph branch = conditional.GetGraph("then_branch")!;

        Assert.Multiple(() =>
        {
            Assert.That(Outputs(branch.Nodes), Is.EqualTo(new[] { "a", "r" }));
            Assert.That(branch.CapturedValues, Is.EqualTo(new[] { "x" }));
            Assert.That(branch.AncestorsOf(["a", "x"]), Has.Count.EqualTo(1));
            Assert.That(conditional.GraphAttributes.Select(entry => entry.Attribute), Is.EqualTo(new[] { "else_branch", "then_branch" }));
            Assert.That(conditional.Subgraphs, Has.Count.EqualTo(2));
            Assert.That(conditional.GetGraph("body"), Is.Null);
            Assert.That(conditional.GetGraph("else_branch")!.Nodes[0].Outputs[0], Is.Not.EqualTo("a"));
        });
    }

    [Test]
    public void DisplayName_IsTheNameOrTheFirstOutput()
    {
        var builder = new GraphBuilder("names").Input("x", TensorElementType.Float32);
        builder.Node("Relu", ["x"], ["a"], name: "first");
        builder.Node("Relu", ["a"], ["b"]);
        OnnxGraph graph = builder.Output("b", TensorElementType.Float32).Build().Graph;
        Assert.That(graph.Nodes.Select(node => node.DisplayName), Is.EqualTo(new[] { "first", "b" }));
    }

    [Test]
    public void Nodes_OfADeepChainInReverse_AreSortedWithoutRecursion()
    {
        const int Depth = 20_000;
        OnnxGraph graph = HandMade.Parse(HandMade.Model(Chain([.. Enumerable.Range(0, Depth).Reverse().Select(i => new[] { i == 0 ? "x" : $"v{i - 1}", $"v{i}" })]))).Graph;
        Assert.That(graph.Nodes[0].Outputs[0], Is.EqualTo("v0"));
        Assert.That(graph.AncestorsOf([$"v{Depth - 1}"]), Has.Count.EqualTo(Depth));
    }

    private static Wire Chain(params string[][] steps)
    {
        Wire graph = new Wire().Message(11, HandMade.Value("x", 1, 1));
        foreach (string[] step in steps)
            graph.Message(1, HandMade.Node("Relu", [step[0]], [step[1]]));
        return graph.Message(12, HandMade.Value(steps[^1][1], 1, 1));
    }

    private static Wire Subgraph(string name, Wire graph) => new Wire().Text(1, name).Message(6, graph).Varint(20, 5);

    private static IEnumerable<string> Outputs(IEnumerable<OnnxNode> nodes) => nodes.Select(node => node.Outputs[0]);
}
