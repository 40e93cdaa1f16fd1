using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Execution;

/// <summary>What a plan consists of.</summary>
public sealed class GraphPlanTests
{
    [Test]
    public void ShapeArithmetic_IsFolded_AndNeverRuns()
    {
        // y = reshape(relu(x), [shape(x)[0] * 1, 4]), and a matrix that only its shape is asked of.
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start(4).Initializer("w", Numbers.Normal(16, 1), 4, 4).Initializer("zero", [0L], 1).Initializer("one", [1L], 1).Initializer("width", [4L], 1),
            graph =>
            {
                string shape = graph.Node("Shape", [graph.Node("MatMul", ["x", "w"], name: "costly")]);
                string batch = graph.Node("Mul", [graph.Node("Gather", [shape, "zero"]), "one"]);
                graph.Node("Reshape", [graph.Node("Relu", ["x"], name: "relu"), graph.Node("Concat", [batch, "width"], attributes: [("axis", 0)])], ["y"], name: "reshape");
            });

        Assert.That(StepsOf(model, "y"), Is.EqualTo(new[] { "relu", "reshape" }));
    }

    [Test]
    public void ConstantsOfConstants_AreComputedOnce()
    {
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start(4).Initializer("w", Numbers.Normal(16, 1), 4, 4),
            graph => graph.Node("MatMul", ["x", graph.Node("Transpose", [graph.Node("Abs", ["w"])])], ["y"], name: "product"));

        Assert.That(StepsOf(model, "y"), Is.EqualTo(new[] { "product" }));
    }

    [Test]
    public void OnlyAncestorsOfTheWantedValues_ArePlanned() => Assert.That(StepsOf(TinyModels.Policy(), "hidden"), Does.Not.Contain("second").And.Contain("first"));

    [Test]
    public void ABiasBehindAMatMul_IsComputedWithIt() => Assert.That(StepsOf(SmallGraphs.Linear(), "y"), Has.Length.EqualTo(1));

    [Test]
    public void ABiasBehindAMatMul_IsComputedAlone_WhenTheProductIsWanted() => Assert.That(StepsOf(SmallGraphs.Linear(), "y", "product"), Has.Length.EqualTo(2));

    [Test]
    public void ABiasBehindAMatMul_IsComputedAlone_WhenTheProductHasAnotherReader()
    {
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start().Initializer("w", Numbers.Normal(20, 2), 5, 4).Initializer("b", Numbers.Normal(4, 3), 4),
            graph =>
            {
                string product = graph.Node("MatMul", ["x", "w"]);
                graph.Node("Mul", [product, graph.Node("Add", [product, "b"])], ["y"]);
            });

        Assert.That(StepsOf(model, "y"), Has.Length.EqualTo(3));
    }

    [Test]
    public void ATrainedWeight_IsNotFolded_EvenWhenItMultipliesAConstant()
    {
        OnnxModel model = SmallGraphs.WeightOnAConstant();
        using LowRankWeights branches = Branches.On(model);
        using var full = new FullWeights(model.Graph, "y");

        Assert.That(StepsOf(model, "y"), Has.Length.EqualTo(1));
        Assert.That(StepsOf(model, branches, "y"), Has.Length.EqualTo(2));
        Assert.That(StepsOf(model, full, "y"), Has.Length.EqualTo(2));
    }

    [Test]
    public void EveryValue_IsDisposedOnce_AfterItsLastUse()
    {
        OnnxModel model = SmallGraphs.Normalised();
        using GraphPlan plan = Plan(model, null, "y");
        HashSet<int> borrowed = [.. plan.Inputs.Select(input => input.Slot), .. plan.Constants.Select(constant => constant.Slot), .. plan.Outputs];

        int[] disposed = [.. plan.Steps.SelectMany(step => step.LastUses)];
        int[] computed = [.. plan.Steps.SelectMany(step => step.Outputs)];

        Assert.That(disposed, Is.Unique);
        Assert.That(disposed, Is.EquivalentTo(computed.Where(slot => !borrowed.Contains(slot))));
        for (int i = 0; i < plan.Steps.Count; i++)
            Assert.That(plan.Steps.Skip(i + 1).SelectMany(step => step.Inputs), Has.None.Matches<int>(plan.Steps[i].LastUses.Contains), $"step {i} disposes what is still read");
    }

    private static string[] StepsOf(OnnxModel model, params string[] values) => StepsOf(model, null, values);

    private static string[] StepsOf(OnnxModel model, TrainableWeights? trained, params string[] values)
    {
        using GraphPlan plan = Plan(model, trained, values);
        return [.. plan.Steps.Select(step => step.Node.Name)];
    }

    private static GraphPlan Plan(OnnxModel model, TrainableWeights? trained, params string[] values)
    {
        NativeLibtorch.EnsureLoaded();
        using var weights = new WeightTensors();
        using Tensor x = zeros(2, model.Graph.Inputs[0].Shape![1].Size!.Value);
        return new PlanBuilder(model, weights, trained, new RunLimits()).Build(new Dictionary<string, Tensor> { ["x"] = x }, values);
    }
}
