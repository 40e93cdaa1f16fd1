using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Tests.Adaptation;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>What the comparison with ONNX Runtime cannot show of recurrent layers: gradients, and the layout that it lacks.</summary>
public sealed class RecurrentTests
{
    private const int Steps = 4, Batch = 2, In = 3, Hidden = 2;

    [TestCase("LSTM", 4, "bidirectional", 0, 0f)]
    [TestCase("LSTM", 4, "reverse", 1, 0f)]
    [TestCase("GRU", 3, "bidirectional", 0, 0f)]
    [TestCase("GRU", 3, "forward", 1, 0f)]
    [TestCase("RNN", 1, "bidirectional", 0, 0f)]
    [TestCase("LSTM", 4, "forward", 0, 3f)]
    public void Gradients_OfWeightsBiasesStatesAndWhatLiesBelow_AreThoseOfFiniteDifferences(string name, int gates, string direction, int variant, float clip)
    {
        int directions = direction == "bidirectional" ? 2 : 1;
        GraphBuilder graph = new GraphBuilder("recurrent")
            .Input("x", TensorElementType.Float32, "steps", Batch, In)
            .Initializer("below", Numbers.Normal(In * In, 1, 0.5), In, In)
            .Initializer("w", Numbers.Normal(directions * gates * Hidden * In, 2, 0.5), directions, gates * Hidden, In)
            .Initializer("r", Numbers.Normal(directions * gates * Hidden * Hidden, 3, 0.5), directions, gates * Hidden, Hidden)
            .Initializer("b", Numbers.Normal(directions * 2 * gates * Hidden, 4, 0.3), directions, 2 * gates * Hidden)
            .Initializer("h", Numbers.Normal(directions * Batch * Hidden, 5, 0.5), directions, Batch, Hidden)
            .Initializer("c", Numbers.Normal(directions * Batch * Hidden, 6, 0.5), directions, Batch, Hidden)
            .Initializer(GraphBuilder.Tensor("lengths", OnnxDataType.Int32, [3, 0, 0, 0, 2, 0, 0, 0], Batch));
        string[] inputs = [graph.Node("MatMul", ["x", "below"]), "w", "r", "b", "lengths", "h", .. name == "LSTM" ? ["c"] : Array.Empty<string>()];
        (string, object)[] attributes = [("hidden_size", Hidden), ("direction", direction), (name == "GRU" ? "linear_before_reset" : "input_forget", variant), ("clip", clip)];
        graph.Node(name, inputs, ["all", "last"], [.. attributes.Where(attribute => name != "RNN" || attribute.Item1 != "input_forget")]);
        graph.Node("Concat", [graph.Node("Reshape", ["all", "rows"]), graph.Node("Reshape", ["last", "rows"])], ["y"], [("axis", 0)]);
        OnnxModel model = graph.Initializer("rows", [-1L, Hidden], 2).Output("y", TensorElementType.Float32, "rows", Hidden).Build();
        using var weights = new FullWeights(model.Graph, "y");
        using var check = new GradientCheck(model, weights);

        check.AssertFiniteDifferences();
    }

    [TestCase("LSTM", 4)]
    [TestCase("GRU", 3)]
    [TestCase("RNN", 1)]
    public void BatchFirst_IsTheSameWithTheAxesExchanged(string name, int gates)
    {
        HostTensor x = OperatorCase.Random([Steps, Batch, In], 1), h = OperatorCase.Random([2, Batch, Hidden], 2), c = OperatorCase.Random([2, Batch, Hidden], 3);
        HostTensor lengths = HostTensor.From([3, 2], Batch);

        HostTensor[] expected = Layer(name, gates, 0, x, lengths, h, c).Execute();
        HostTensor[] actual = Layer(name, gates, 1, Exchanged(x, 1), lengths, Exchanged(h, 1), Exchanged(c, 1)).Execute();

        // Y is (steps, directions, batch, hidden), or (batch, steps, directions, hidden).
        Assert.That(actual[0].Shape, Is.EqualTo(new[] { Batch, Steps, 2, Hidden }));
        Assert.That(actual[0].Bytes, Is.EqualTo(Exchanged(expected[0], 2).Bytes));
        for (int state = 1; state < actual.Length; state++)
            Assert.That(actual[state].Bytes, Is.EqualTo(Exchanged(expected[state], 1).Bytes));
    }

    private static OperatorCase Layer(string name, int gates, int layout, HostTensor x, HostTensor lengths, HostTensor h, HostTensor c)
    {
        OperatorCase layer = new OperatorCase(name, Opset: 14)
            .Feed(x).Feed(2, gates * Hidden, In).Feed(2, gates * Hidden, Hidden).Omit().Feed(lengths).Feed(h)
            .With("direction", "bidirectional").With("layout", layout);
        return name == "LSTM" ? layer.Feed(c).Outputs(3) : layer.Outputs(2);
    }

    /// <summary>Moves the axis at <paramref name="batchAxis"/> to the front.</summary>
    private static HostTensor Exchanged(HostTensor tensor, int batchAxis)
    {
        long[] shape = tensor.Shape;
        int before = (int)shape.Take(batchAxis).Aggregate(1L, (count, size) => count * size), batch = (int)shape[batchAxis], after = tensor.AsSpan<float>().Length / before / batch;
        var moved = new float[before * batch * after];
        for (int i = 0; i < moved.Length; i++)
            moved[(i / after % batch * before + i / after / batch) * after + i % after] = tensor.AsSpan<float>()[i];
        return HostTensor.From(moved, [batch, .. shape.Take(batchAxis), .. shape.Skip(batchAxis + 1)]);
    }
}
