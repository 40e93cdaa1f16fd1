namespace LoraEdge.Onnx.Tests;

public sealed class RandomValuesTests
{
    [Test]
    public void RandomValues_AreThoseBehindARandomOperator()
    {
        OnnxGraph graph = Noisy().Graph;
        var random = new RandomValues(graph);
        Assert.That(graph.Nodes.SelectMany(node => node.Outputs).Where(random.Contains), Is.EqualTo(new[] { "noise", "scaled", "noisy" }));
    }

    /// <summary>The mean and the deviation make up the output; the constant behind the deviation depends on no input.</summary>
    [Test]
    public void SourcesOf_AreTheValuesThatNoiseIsDrawnFromScaledByAndAddedTo()
    {
        var random = new RandomValues(Noisy().Graph);
        Assert.Multiple(() =>
        {
            Assert.That(random.SourcesOf(["noisy"]), Is.EqualTo(new[] { "mean", "deviation" }));
            Assert.That(random.DrawnFrom("noisy"), Is.EqualTo(new[] { "mean" }));
            Assert.That(random.SourcesOf(["quiet"]), Is.Empty);
        });
    }

    [Test]
    public void RandomOperatorInASubgraph_MakesItsNodeRandom()
    {
        OnnxModel model = SmallModels.Changed(SmallModels.Conditional(), proto => proto.Graph.Node.Single(node => node.OpType == "If").Attribute[0].G.Node[0].OpType = "RandomNormalLike");
        Assert.That(new RandomValues(model.Graph).Contains("chosen"), Is.True);
        Assert.That(new RandomValues(SmallModels.Conditional().Graph).Contains("chosen"), Is.False);
    }

    [TestCase("RandomNormal", "", true)]
    [TestCase("Bernoulli", "", true)]
    [TestCase("Bernoulli", "example", false)]
    [TestCase("Relu", "", false)]
    public void RandomOperators_AreOnnxsOwn(string op, string domain, bool expected)
    {
        GraphBuilder builder = new GraphBuilder("one").Opset("example", 1).Input("x", TensorElementType.Float32, 2);
        builder.Node(op, ["x"], ["y"], domain: domain);
        Assert.That(RandomOperators.Contains(builder.Output("y", TensorElementType.Float32, 2).Build().Graph.Nodes[0]), Is.EqualTo(expected));
    }

    /// <summary>A policy of continuous actions: <c>noisy = mean + exp(mean * factor) * noise</c>, and the mean itself.</summary>
    private static OnnxModel Noisy()
    {
        GraphBuilder builder = new GraphBuilder("noisy").Input("x", TensorElementType.Float32, "batch", 2).Initializer("w", [1f, 2, 3, 4], 2, 2);
        builder.Node("MatMul", ["x", "w"], ["mean"]);
        builder.Node("Constant", [], ["factor"], [("value", GraphBuilder.Tensor("", [0.5f]))]);
        builder.Node("Mul", ["mean", "factor"], ["product"]);
        builder.Node("Exp", ["product"], ["deviation"]);
        builder.Node("RandomNormalLike", ["mean"], ["noise"]);
        builder.Node("Mul", ["noise", "deviation"], ["scaled"]);
        builder.Node("Add", ["mean", "scaled"], ["noisy"]);
        builder.Node("Clip", ["mean"], ["quiet"]);
        return builder.Output("noisy", TensorElementType.Float32, "batch", 2).Output("quiet", TensorElementType.Float32, "batch", 2).Build();
    }
}
