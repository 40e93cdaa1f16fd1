using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Execution;

/// <summary>What the values of a run take together is bounded, and the bound grows with model and inputs.</summary>
public sealed class ValueMemoryTests
{
    private const int MegabyteOfFloats = 1 << 18;

    [Test]
    public void ValuesThatAreLargeTogether_AreRefusedByNode()
    {
        // Each fits, all eight together do not: they are alive until the last node reads them.
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => Run(Broadcasts(count: 8), rows: 80))!;

        Assert.That(error.Message, Does.Contain("MB, the most for a model and inputs of this size"));
    }

    [Test]
    public void LargerLimitOfTheHost_HasRoomForThem() =>
        Assert.That(() => Run(Broadcasts(count: 8), rows: 80, new RunLimits { TrainingMegabytes = 1024 }), Throws.Nothing);

    [Test]
    public void Limit_ReachesTheForwardRunAndTheTraining()
    {
        using var folder = new TemporaryFolder();
        var none = new RunLimits { TrainingMegabytes = 0 };
        TinyModels.Policy().Save(folder.File("model.onnx"));
        using var trainer = new LoraFaTrainer();

        Assert.That(() => trainer.Forward(new ForwardRequest { ModelPath = folder.File("model.onnx"), Inputs = new Dictionary<string, HostTensor>(), Values = [], Limits = none }), Throws.TypeOf<InvalidOptionsException>());
        Assert.That(() => trainer.Start(new TrainingRequest { ModelPath = folder.File("model.onnx"), Objective = new Objective { ValueName = "y" }, Records = [], HeldOut = [], Limits = none }), Throws.TypeOf<InvalidOptionsException>());
    }

    [Test]
    public void ValuesThatDieInBetween_HaveTheRoomOfOne() => Assert.That(() => Run(Chain(length: 8), rows: 80), Throws.Nothing);

    [Test]
    public void Inputs_BringRoomWithThem()
    {
        using Tensor megabyte = zeros(MegabyteOfFloats);

        Assert.That(ValueMemory.For(Chain(1), [megabyte], new RunLimits()).Left - ValueMemory.For(Chain(1), [], new RunLimits()).Left, Is.EqualTo(16L << 20));
    }

    [Test]
    public void SizesThatValuesDecide_AreCountedInEveryRun()
    {
        OnnxModel model = SmallGraphs.Finish(
            new GraphBuilder("repeated").Input("x", TensorElementType.Float32, 1, MegabyteOfFloats).Input("times", TensorElementType.Int64, 2),
            graph => graph.Node("Concat", [.. Enumerable.Range(0, 4).Select(_ => graph.Node("Tile", ["x", "times"]))], ["y"], [("axis", 0)]));
        using var executor = new GraphExecutor(model);
        Run(executor, times: 2).Dispose();

        Assert.That(() => Run(executor, times: 150), Throws.TypeOf<InvalidInputException>().With.Message.Contains("MB, the most for a model and inputs of this size"));
        Assert.That(() => Run(executor, times: 3).Dispose(), Throws.Nothing, "what was counted before has been given back");
    }

    private static Tensor Run(GraphExecutor executor, long times)
    {
        using Tensor x = zeros(1, MegabyteOfFloats), factors = tensor(new[] { times, 1L });
        return executor.Run(new Dictionary<string, Tensor> { ["x"] = x, ["times"] = factors }, "y").Single();
    }

    private static void Run(OnnxModel model, int rows, RunLimits? limits = null)
    {
        using var executor = new GraphExecutor(model, limits: limits);
        using Tensor column = zeros(rows, 1);
        executor.RunOnce(new Dictionary<string, Tensor> { ["x"] = column }, "y").Single().Dispose();
    }

    private static OnnxModel Broadcasts(int count) => Wide(graph => graph.Node("Sum", [.. Enumerable.Range(0, count).Select(_ => graph.Node("Add", ["x", "row"]))], ["wide"]));

    private static OnnxModel Chain(int length) => Wide(graph => graph.Node("Relu", [Enumerable.Range(0, length).Aggregate(graph.Node("Add", ["x", "row"]), (value, _) => graph.Node("Neg", [value]))], ["wide"]));

    private static OnnxModel Wide(Action<GraphBuilder> add)
    {
        var graph = new GraphBuilder("wide").Input("x", TensorElementType.Float32, "rows", 1).Initializer("axis", [1L], 1);
        graph.Node("ConstantOfShape", [graph.Node("Constant", [], null, [("value_ints", new[] { 1L, MegabyteOfFloats })])], ["row"]);
        add(graph);
        graph.Node("ReduceSum", ["wide", "axis"], ["y"]);
        return graph.Output("y", TensorElementType.Float32, "rows", 1).Build();
    }
}
