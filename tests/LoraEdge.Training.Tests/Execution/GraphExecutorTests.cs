using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Execution;

/// <summary>What runs, what is refused, and that nothing stays behind.</summary>
public sealed class GraphExecutorTests
{
    [Test]
    public void Run_GivesSeveralValues_InTheOrderAskedFor()
    {
        using var executor = new GraphExecutor(TinyModels.Policy());

        float[][] values = Run(executor, 3, "logits", "hidden", "x", "b1");

        Assert.That(values[0], Has.Length.EqualTo(3 * 4));
        Assert.That(values[1], Has.Length.EqualTo(3 * 16).And.All.GreaterThanOrEqualTo(0));
        Assert.That(values[2], Is.EqualTo(Numbers.Normal(3 * 8, seed: 5)));
        Assert.That(values[3], Is.EqualTo(TinyModels.Policy().Graph.Initializers["b1"].ToFloats()));
    }

    [Test]
    public void Run_LeavesInputsAndWeightsAsTheyWere()
    {
        using var executor = new GraphExecutor(TinyModels.Policy());
        using Tensor x = RandomRows(3);

        float[] first = executor.Run(Inputs(x), "logits").Single().ToFloatsAndDispose();
        float[] second = executor.Run(Inputs(x), "logits").Single().ToFloatsAndDispose();

        Assert.That(second, Is.EqualTo(first));
        Assert.That(x.ToFloats(), Is.EqualTo(Numbers.Normal(3 * 8, seed: 5)));
    }

    [Test]
    public void Run_BuildsOnePlan_ForEverySetOfShapesAndValues()
    {
        using var executor = new GraphExecutor(TinyModels.Policy());

        foreach (int batch in new[] { 3, 1, 3, 1, 3 })
            Run(executor, batch, "logits");
        Assert.That(executor.PlanCount, Is.EqualTo(2));
        Run(executor, 3, "hidden");
        Assert.That(executor.PlanCount, Is.EqualTo(3));
    }

    [Test]
    public void Run_WithHundredsOfShapes_KeepsABoundedNumberOfPlans()
    {
        using var executor = new GraphExecutor(TinyModels.Policy());

        for (int batch = 1; batch <= 200; batch++)
            Run(executor, batch, "logits");

        Assert.That(executor.PlanCount, Is.LessThanOrEqualTo(64));
        Assert.That(Run(executor, 1, "logits")[0], Is.EqualTo(Run(executor, 1, "logits")[0]));
    }

    [Test]
    public void Run_DoesNotTouchNodesBesideTheWay_EvenWhenTheyCannotBeExecuted()
    {
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start().Opset("com.example", 1).Initializer("w", Numbers.Normal(20, 2), 5, 4),
            graph => graph.Node("Custom", [graph.Node("MatMul", ["x", "w"], ["logits"])], ["y"], domain: "com.example"));
        using var executor = new GraphExecutor(model);
        using Tensor x = RandomRows(2, 5);

        executor.Run(Inputs(x), "logits").DisposeAll();

        Assert.Throws<UnsupportedModelException>(() => executor.Run(Inputs(x), "y"));
    }

    [Test]
    public void Run_NamesEveryNodeThatCannotBeExecuted_AtOnce()
    {
        OnnxModel model = SmallGraphs.Finish(SmallGraphs.Start().Opset("com.example", 1).Initializer("scale", Numbers.Normal(5, 1), 5), graph =>
        {
            string first = graph.Node("Mish", ["x"], name: "first");
            string second = graph.Node("Cast", [first], attributes: [("to", OnnxDataType.String)], name: "second");
            string third = graph.Node("LpNormalization", [first], attributes: [("p", 3)], name: "third");
            string fourth = graph.Node("Custom", [third, second], domain: "com.example", name: "fourth");
            graph.Node("Add", [fourth, "scale"], ["y"]);
        }, "batch");
        using var executor = new GraphExecutor(model);
        using Tensor x = RandomRows(2, 5);

        UnsupportedModelException error = Assert.Throws<UnsupportedModelException>(() => executor.Run(Inputs(x), "y"))!;

        Assert.That(error.Nodes.Select(node => node.Name), Is.EqualTo(new[] { "first", "second", "third", "fourth" }));
        Assert.That(error.Nodes.Select(node => node.Operator), Does.Contain("ai.onnx.Mish").And.Contain("com.example.Custom"));
    }

    [Test]
    public void TrainingSupport_ChecksWhatTheOutputsNeed_WithoutLibtorch()
    {
        OnnxModel old = SmallGraphs.Finish(new GraphBuilder("old", opset: 6).Input("x", TensorElementType.Float32, 2, 2), graph => graph.Node("Add", ["x", "x"], ["y"]), 2, 2);

        UnsupportedModelException error = Assert.Throws<UnsupportedModelException>(() => TrainingSupport.Require(old))!;

        Assert.That(error.Nodes.Single().Reason, Does.Contain("from opset 7 on"));
        Assert.DoesNotThrow(() => TrainingSupport.Require(TinyModels.Policy()));
    }

    [Test]
    public void Run_ForAValueThatDoesNotExist_NamesTheOutputs()
    {
        using var executor = new GraphExecutor(TinyModels.Policy());
        using Tensor x = RandomRows(2);

        InvalidOptionsException error = Assert.Throws<InvalidOptionsException>(() => executor.Run(Inputs(x), "policy"))!;

        Assert.That(error.Message, Does.Contain("'policy'").And.Contain("logits"));
    }

    [Test]
    public void Run_WithInputsThatDoNotFit_SaysWhichAndHow()
    {
        using var executor = new GraphExecutor(TinyModels.Policy());
        using Tensor x = RandomRows(2), narrow = RandomRows(2, 7), integers = zeros(2, 8, ScalarType.Int64);

        AssertRefused(executor, new() { ["z"] = x }, "needs the input 'x'");
        AssertRefused(executor, new() { ["x"] = narrow }, "[batch,8], not [2,7]");
        AssertRefused(executor, new() { ["x"] = integers }, "Float32, not Int64");
        AssertRefused(executor, new() { ["x"] = x, ["y"] = x }, "no input 'y'");
    }

    [Test]
    public void WeightsThatAreFolded_TakeTheirMemoryOnceForAllShapes()
    {
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start(8).Initializer(GraphBuilder.Tensor("w", OnnxDataType.Int8, [.. Enumerable.Range(0, 32).Select(i => (byte)i)], 8, 4)).Initializer("scale", [0.5f]),
            graph => graph.Node("MatMul", ["x", graph.Node("Identity", [graph.Node("DequantizeLinear", ["w", "scale"])], ["folded"])], ["y"]));
        using var executor = new GraphExecutor(model);
        using Tensor one = RandomRows(1), three = RandomRows(3);

        Tensor[] first = executor.Run(Inputs(one), "y", "folded"), second = executor.Run(Inputs(three), "y", "folded");

        Assert.That(executor.PlanCount, Is.EqualTo(2));
        Assert.That(AddressOf(second[1]), Is.EqualTo(AddressOf(first[1])));
        Assert.That(AddressOf(second[0]), Is.Not.EqualTo(AddressOf(first[0])));
        executor.ReleaseCaches();
        Assert.That(second[1].ToFloats(), Is.EqualTo(Enumerable.Range(0, 32).Select(i => i / 2f)), "results stay the caller's");
        first.DisposeAll();
        second.DisposeAll();
    }

    [Test]
    public void FoldedValuesThatOnePlanHoldsAsFloats_HaveTheirOwnTypeInAnother()
    {
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start(8).Initializer("w", Numbers.Normal(32, 1), 8, 4).Initializer("scale", [0.5f]).Initializer(GraphBuilder.Tensor("zero", OnnxDataType.Int8, [0])),
            graph => graph.Node("MatMul", ["x", graph.Node("DequantizeLinear", [graph.Node("QuantizeLinear", ["w", "scale", "zero"], ["q"]), "scale", "zero"])], ["y"]));
        using var executor = new GraphExecutor(model);

        float[] alone = Run(executor, 2, "y")[0];
        using Tensor x = RandomRows(2);
        Tensor[] both = executor.Run(Inputs(x), "y", "q");

        Assert.That(both[1].dtype, Is.EqualTo(ScalarType.Int8));
        Assert.That(both[0].ToFloats(), Is.EqualTo(alone));
        both.DisposeAll();
    }

    [Test]
    public void ConstantsThatFollowFromAShape_AreThoseOfEachShape()
    {
        // y = x * (w tiled to the rows of x): the tiled one is folded, and differs with the shape.
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start().Initializer("w", Numbers.Normal(SmallGraphs.In, 2), 1, SmallGraphs.In),
            graph => graph.Node("Mul", ["x", graph.Node("Expand", [graph.Node("Neg", ["w"]), graph.Node("Shape", ["x"])], ["tiled"])], ["y"]),
            "batch", SmallGraphs.In);
        using var executor = new GraphExecutor(model);

        foreach (int rows in new[] { 2, 3 })
        {
            using Tensor x = RandomRows(rows, SmallGraphs.In);
            using Tensor tiled = executor.Run(Inputs(x), "tiled")[0];
            Assert.That(tiled.shape, Is.EqualTo(new long[] { rows, SmallGraphs.In }));
        }
    }

    [Test]
    public void RunsOnFoldedWeights_LeaveNoTensorBehind() =>
        LiveTensors.AssertUnchangedBy(() =>
        {
            OnnxModel model = SmallGraphs.Finish(
                SmallGraphs.Start(4).Initializer("w", Numbers.Normal(16, 1), 4, 4),
                graph => graph.Node("MatMul", ["x", graph.Node("Transpose", [graph.Node("Abs", ["w"])])], ["y"]));
            using var executor = new GraphExecutor(model);
            for (int rows = 1; rows <= 70; rows++)
            {
                using Tensor x = RandomRows(rows, 4);
                executor.Run(Inputs(x), "y").DisposeAll();
                executor.RunOnce(Inputs(x), "y").DisposeAll();
            }
        });

    [Test]
    public void Runs_LeaveNoTensorBehind()
    {
        LiveTensors.AssertUnchangedBy(() =>
        {
            using var executor = new GraphExecutor(TinyModels.Policy());
            for (int batch = 1; batch < 4; batch++)
                Run(executor, batch, "logits", "hidden");
        });
    }

    [Test]
    public void Runs_OfEveryOperator_LeaveNoTensorBehind() =>
        LiveTensors.AssertUnchangedBy(() =>
        {
            foreach (Operators.OperatorCase node in Operators.OperatorTests.Cases)
                node.Execute();
        });

    [Test]
    public void FailedRuns_LeaveNoTensorBehind() =>
        LiveTensors.AssertUnchangedBy(() =>
        {
            OnnxModel model = SmallGraphs.Finish(
                new GraphBuilder("look-up").Input("x", TensorElementType.Int64, "batch").Initializer("table", Numbers.Normal(12, 1), 3, 4),
                graph => graph.Node("Relu", [graph.Node("Gather", [graph.Node("Relu", ["table"]), graph.Node("Add", ["x", "x"])])], ["y"]));
            using var executor = new GraphExecutor(model);
            using Tensor good = zeros(2, ScalarType.Int64), bad = ones(2, ScalarType.Int64).mul_(7);
            Assert.Throws<InvalidInputException>(() => executor.Run(Inputs(bad), "y"));
            executor.Run(Inputs(good), "y").DisposeAll();
            Assert.Throws<InvalidInputException>(() => executor.Run(Inputs(bad), "y"));
            foreach (Operators.OperatorCase node in Operators.InvalidNodeTests.Invalid)
                Assert.Throws<ModelFormatException>(() => node.Execute());
            foreach (Operators.OperatorCase node in Operators.InvalidNodeTests.InvalidValues.Concat(Operators.InvalidNodeTests.Lookups(index: 3)))
                Assert.Throws<InvalidInputException>(() => node.Execute());
        });

    private static void AssertRefused(GraphExecutor executor, Dictionary<string, Tensor> inputs, string because) =>
        Assert.That(() => executor.Run(inputs, "logits"), Throws.TypeOf<InvalidInputException>().With.Message.Contains(because));

    private static float[][] Run(GraphExecutor executor, int batch, params string[] values)
    {
        using Tensor x = RandomRows(batch);
        using var _ = no_grad();
        return [.. executor.Run(Inputs(x), values).Select(value => value.ToFloatsAndDispose())];
    }

    private static unsafe nint AddressOf(Tensor tensor)
    {
        fixed (byte* bytes = tensor.bytes)
            return (nint)bytes;
    }

    private static Tensor RandomRows(int batch, int width = 8) => HostTensor.From(Numbers.Normal(batch * width, seed: 5), batch, width).ToTorch();

    private static Dictionary<string, Tensor> Inputs(Tensor x) => new() { ["x"] = x };
}
