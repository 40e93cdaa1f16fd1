using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Execution;

/// <summary>Graphs whose shapes depend on values: one plan serves runs whose results have different shapes.</summary>
public sealed class ValueDependentShapeTests
{
    private static IEnumerable<TestCaseData> Models()
    {
        yield return Case("what a mask selects, gathered", Rows(), graph =>
        {
            string positions = graph.Node("Squeeze", [graph.Node("NonZero", ["n"]), "zero"]);
            graph.Node("Gather", ["x", positions], ["y"], [("axis", 0)]);
        }, [[1, 0, 2, 0], [0, 0, 0, 0], [1, 1, 1, 1]]);
        yield return Case("the shape of what a mask selects", Rows(), graph =>
        {
            string count = graph.Node("Gather", [graph.Node("Shape", [graph.Node("NonZero", ["n"])]), "one"], attributes: [("axis", 0)]);
            string divisor = graph.Node("Cast", [graph.Node("Add", [count, "one"])], attributes: [("to", OnnxDataType.Float)]);
            graph.Node("Div", ["x", divisor], ["y"]);
        }, [[1, 0, 2, 0], [0, 0, 0, 0], [1, 1, 1, 1]]);
        yield return Case("a fed number of best", Rows(1), graph => graph.Node("TopK", ["x", "n"], ["y", "best"], [("axis", -1)]), [[2], [3], [0]], "best");
        yield return Case("a fed shape", Rows(2), graph => graph.Node("Relu", [graph.Node("Reshape", ["x", "n"])], ["y"]), [[3, 4], [-1, 2], [12, 1]]);
        yield return Case("fed limits", Rows(3), graph =>
        {
            string[] limits = [.. new[] { "zero", "one", "two" }.Select(at => graph.Node("Gather", ["n", at], attributes: [("axis", 0)]))];
            string range = graph.Node("Range", limits);
            graph.Node("Cast", [graph.Node("Add", [range, range])], ["y"], [("to", OnnxDataType.Float)]);
        }, [[0, 5, 1], [7, 0, -3], [1, 1, 1]]);
        yield return Case("fed axes and a part of a part", Rows(1), graph =>
        {
            string part = graph.Node("Slice", ["x", "zero", "n", "one"]);
            string twice = graph.Node("Concat", [part, part], attributes: [("axis", 1)]);
            string mean = graph.Node("ReduceMean", [twice], attributes: [("axes", new[] { 1 })]);
            graph.Node("Expand", [mean, graph.Node("Shape", [twice])], ["y"]);
        }, [[1], [3], [2]]);
        yield return Case("rows kept by a mask, multiplied and normalised", Rows(), graph =>
        {
            string kept = graph.Node("Compress", ["x", graph.Node("Cast", ["n"], attributes: [("to", OnnxDataType.Bool)])], attributes: [("axis", 0)]);
            string product = graph.Node("Add", [graph.Node("MatMul", [kept, "w"]), "b"]);
            graph.Node("Softmax", [product], ["y"], [("axis", -1)]);
        }, [[1, 0, 2, 0], [0, 0, 0, 0], [1, 1, 1, 1]]);
        yield return Case("a filled shape, scattered into", Rows(2), graph =>
        {
            string zeros = graph.Node("ConstantOfShape", ["n"]);
            string all = graph.Node("NonZero", [graph.Node("ConstantOfShape", ["n"], attributes: [("value", GraphBuilder.Tensor("", [1f], 1))])]);
            string places = graph.Node("Transpose", [all]);
            string values = graph.Node("Cast", [graph.Node("ReduceSum", [places, "one"], attributes: [("keepdims", 0)])], attributes: [("to", OnnxDataType.Float)]);
            graph.Node("ScatterND", [zeros, places, values], ["y"]);
        }, [[2, 3], [1, 1], [0, 2]]);
        yield return Case("distinct values", Rows(), graph => 
        {
            string repeated = graph.Node("Tile", [graph.Node("Unique", ["n"], ["d", "f", "i", "c"]), "two"]);
            graph.Node("Cast", [repeated], ["y"], [("to", OnnxDataType.Float)]);
        }, [[1, 1, 2, 0], [3, 3, 3, 3], [4, 3, 2, 1]], "i", "c");
    }

    [TestCaseSource(nameof(Models))]
    public void OnePlan_FollowsTheValuesOfEveryRun_AsOnnxRuntimeDoes(OnnxModel model, long[][] runs, string[] outputs)
    {
        using var executor = new GraphExecutor(model);
        using var _ = no_grad();
        foreach (long[] values in runs)
        {
            var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(Numbers.Normal(12, seed: 6), 4, 3), ["n"] = HostTensor.From(values, values.Length) };
            foreach (string unread in inputs.Keys.Where(name => model.Graph.Inputs.All(input => input.Name != name)).ToArray())
                inputs.Remove(unread);
            Dictionary<string, HostTensor> expected = OnnxRuntimeReference.Run(model, inputs);
            HostTensor[] actual = Run(executor, inputs, outputs);
            for (int i = 0; i < outputs.Length; i++)
            {
                Assert.That(actual[i].Shape, Is.EqualTo(expected[outputs[i]].Shape), outputs[i]);
                if (actual[i].ElementType == TensorElementType.Float32 && actual[i].Count > 0)
                    Numbers.AssertClose(actual[i].AsSpan<float>(), expected[outputs[i]].AsSpan<float>(), Tolerances.Float32);
                else
                    Assert.That(actual[i].Bytes, Is.EqualTo(expected[outputs[i]].Bytes));
            }
        }

        Assert.That(executor.PlanCount, Is.EqualTo(1));
    }

    [Test]
    public void Gradients_PassThroughWhatAMaskSelects_InEveryRun()
    {
        using var executor = new GraphExecutor(Model(Rows(), graph =>
        {
            string positions = graph.Node("Squeeze", [graph.Node("NonZero", ["n"]), "zero"]);
            graph.Node("Mul", [graph.Node("Gather", ["x", positions], attributes: [("axis", 0)]), "b"], ["y"]);
        }, "y"));
        foreach (long[] mask in new long[][] { [1, 0, 1, 0], [0, 1, 1, 1] })
        {
            using Tensor x = HostTensor.From(Numbers.Normal(12, seed: 6), 4, 3).ToTorch().requires_grad_(), n = tensor(mask);
            using (Tensor y = executor.Run(new Dictionary<string, Tensor> { ["x"] = x, ["n"] = n }, "y").Single(), sum = y.sum())
                sum.backward();

            float[] gradient = x.grad!.ToFloatsAndDispose();

            Assert.That(gradient, Is.EqualTo(mask.SelectMany(kept => Bias.Select(factor => kept * factor))));
        }
    }

    [Test]
    public void Gradients_ReachTheStartAndTheStepOfARange()
    {
        GraphBuilder graph = new GraphBuilder("range").Input("start", TensorElementType.Float32).Input("limit", TensorElementType.Float32).Input("delta", TensorElementType.Float32);
        graph.Node("Range", ["start", "limit", "delta"], ["y"]);
        using var executor = new GraphExecutor(graph.Output("y", TensorElementType.Float32, "n").Build());
        using Tensor start = tensor(0.5f).requires_grad_(), limit = tensor(2.25f), delta = tensor(0.5f).requires_grad_();
        using (Tensor y = executor.Run(new Dictionary<string, Tensor> { ["start"] = start, ["limit"] = limit, ["delta"] = delta }, "y").Single(), sum = y.sum())
            sum.backward();

        // Four elements, start + i * delta with i from 0 to 3.
        Assert.That((start.grad!.ToFloatsAndDispose()[0], delta.grad!.ToFloatsAndDispose()[0]), Is.EqualTo((4f, 6f)));
    }

    [Test]
    public void AFedShapeThatDoesNotFit_IsRefusedByName_AndTheNextRunGoesOn()
    {
        using var executor = new GraphExecutor(Model(Rows(2), graph => graph.Node("Reshape", ["x", "n"], ["y"], name: "shaped"), "y"));

        Assert.That(Shape([3, 4]), Is.EqualTo(new long[] { 3, 4 }));
        Assert.That(() => Shape([5, 2]), Throws.InstanceOf<LoraEdgeException>().With.Message.Contains("'shaped'"));
        Assert.That(Shape([2, -1]), Is.EqualTo(new long[] { 2, 6 }));

        long[] Shape(long[] values) => Run(executor, new() { ["x"] = HostTensor.From(new float[12], 4, 3), ["n"] = HostTensor.From(values, 2) }, ["y"]).Single().Shape;
    }

    private static readonly float[] Bias = [0.5f, -1f, 2f];

    private static HostTensor[] Run(GraphExecutor executor, Dictionary<string, HostTensor> inputs, string[] outputs)
    {
        Dictionary<string, Tensor> fed = inputs.ToTorch();
        Tensor[] results = [];
        try
        {
            results = executor.Run(fed, outputs);
            return [.. results.Select(result => result.ToHost())];
        }
        finally
        {
            results.DisposeAll();
            fed.Values.DisposeAll();
        }
    }

    /// <summary>x (4, 3), n (count) of int64, and constants.</summary>
    private static GraphBuilder Rows(int count = 4) => new GraphBuilder("values")
        .Input("x", TensorElementType.Float32, 4, 3).Input("n", TensorElementType.Int64, count)
        .Initializer("w", Numbers.Normal(9, seed: 7), 3, 3).Initializer("b", Bias, 3)
        .Initializer("zero", [0L], 1).Initializer("one", [1L], 1).Initializer("two", [2L], 1);

    private static OnnxModel Model(GraphBuilder graph, Action<GraphBuilder> nodes, params string[] outputs)
    {
        nodes(graph);
        foreach (string output in outputs)
            graph.Output(output, output == "y" ? TensorElementType.Float32 : TensorElementType.Int64, "rows", "columns");
        return graph.Build();
    }

    private static TestCaseData Case(string name, GraphBuilder graph, Action<GraphBuilder> nodes, long[][] runs, params string[] others) =>
        new TestCaseData(Model(graph, nodes, ["y", .. others]), runs, (string[])["y", .. others]).SetArgDisplayNames(name);
}
