using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Execution;

/// <summary>If: what branches capture, which branch runs, gradients, and what is refused.</summary>
public sealed class ConditionalTests
{
    [TestCase(1f)]
    [TestCase(-1f)]
    public void ABranch_IsChosenByTheValuesOfEveryRun_AsOnnxRuntimeDoes(float sign)
    {
        OnnxModel model = ByValue();
        using var executor = new GraphExecutor(model);
        foreach (float factor in new[] { sign, -sign, sign })
        {
            HostTensor x = HostTensor.From([0.5f * factor, 1f, 2f * factor, -0.25f], 2, 2);
            HostTensor expected = OnnxRuntimeReference.Run(model, new Dictionary<string, HostTensor> { ["x"] = x })["y"];
            using Tensor fed = x.ToTorch();
            using var _ = no_grad();

            Numbers.AssertClose(executor.Run(Inputs(fed), "y").Single().ToFloatsAndDispose(), expected.AsSpan<float>(), Tolerances.Float32);
        }

        Assert.That(executor.PlanCount, Is.EqualTo(1));
    }

    [Test]
    public void Gradients_PassThroughTheBranchThatRan()
    {
        using var executor = new GraphExecutor(ByValue());
        foreach (float factor in new[] { 1f, -1f, 1f })
        {
            using Tensor x = HostTensor.From([0.5f * factor, 1f, 2f * factor, -0.25f], 2, 2).ToTorch().requires_grad_();
            using (Tensor y = executor.Run(Inputs(x), "y").Single(), sum = y.sum())
                sum.backward();
            float[] gradient = x.grad!.ToFloatsAndDispose();

            Numbers.AssertClose(gradient, Differences(executor, x), 2e-3);
        }
    }

    [Test]
    public void AConstantCondition_LeavesTheNodesOfOneBranch_AndFoldsTheOther()
    {
        // The branches of PyTorch's squeeze: which one holds is decided by a shape.
        OnnxModel model = SmallGraphs.Finish(SmallGraphs.Start(4).Initializer("one", [1L], 1).Initializer("b", Numbers.Normal(4, 3), 4), graph =>
        {
            string width = graph.Node("Gather", [graph.Node("Shape", ["x"]), "one"], attributes: [("axis", 0)]);
            GraphBuilder then = graph.Subgraph("then"), otherwise = graph.Subgraph("else");
            then.Node("Squeeze", ["h", "one"], ["r"], name: "squeeze");
            otherwise.Node("Abs", [otherwise.Node("Add", ["h", "own"], name: "sum")], ["r"], name: "abs");
            otherwise.Initializer("own", Numbers.Normal(4, 5), 4);
            graph.Node("Relu", ["x"], ["h"], name: "relu");
            graph.Node("Neg", ["unused"], ["n"]);
            graph.Node("Tanh", ["x"], ["unused"]);
            string isNotOne = graph.Node("Cast", [graph.Node("Sub", [width, "one"])], attributes: [("to", OnnxDataType.Bool)]);
            Conditional(graph, isNotOne, otherwise, then, "chosen");
            graph.Node("Mul", ["chosen", "b"], ["y"], name: "product");
        });
        using GraphPlan plan = Plan(model, zeros(3, 4));

        Assert.That(plan.Steps.Where(step => step.Node.OpType != "If").Select(step => step.Node.Name), Is.EqualTo(new[] { "relu", "sum", "abs", "product" }));
    }

    [Test]
    public void ABranchOfConstants_IsFolded()
    {
        OnnxModel model = SmallGraphs.Finish(SmallGraphs.Start(4).Initializer(Truth("yes", true)), graph =>
        {
            GraphBuilder then = graph.Subgraph("then"), otherwise = graph.Subgraph("else");
            then.Initializer("own", Numbers.Normal(4, 5), 4).Node("Abs", ["own"], ["r"]);
            otherwise.Node("Neg", ["x"], ["r"]);
            Conditional(graph, "yes", then, otherwise, "chosen");
            graph.Node("Mul", ["x", "chosen"], ["y"], name: "product");
        });
        using GraphPlan plan = Plan(model, zeros(3, 4));

        Assert.That(plan.Steps.Select(step => step.Node.Name), Is.EqualTo(new[] { "product" }));
    }

    [TestCase(true, 2f)]
    [TestCase(true, -2f)]
    [TestCase(false, 2f)]
    public void NestedBranches_SeeTheValuesOfEveryGraphAround_AsInOnnxRuntime(bool constant, float first)
    {
        OnnxModel model = Nested(constant);
        var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From([first, 0.5f, -1f, 3f], 2, 2) };
        if (!constant)
            inputs["outer"] = HostTensor.From([true]);

        HostTensor expected = OnnxRuntimeReference.Run(model, inputs)["y"];
        using var executor = new GraphExecutor(model);
        Dictionary<string, Tensor> fed = inputs.ToTorch();
        using var _ = no_grad();
        for (int run = 0; run < 2; run++)
            Numbers.AssertClose(executor.Run(fed, "y").Single().ToFloatsAndDispose(), expected.AsSpan<float>(), Tolerances.Float32);
        fed.Values.DisposeAll();
    }

    [Test]
    public void BranchesOfDifferentShapes_AndTheirShapesDownstream_FollowTheCondition()
    {
        OnnxModel model = SmallGraphs.Finish(SmallGraphs.Start(4).Input("c", TensorElementType.Boolean).Initializer("two", [2L], 1).Initializer("zero", [0L], 1).Initializer("axis", [1L], 1), graph =>
        {
            GraphBuilder then = graph.Subgraph("then"), otherwise = graph.Subgraph("else");
            then.Node("Slice", ["x", "zero", "two", "axis"], ["r"]);
            otherwise.Node("Identity", ["x"], ["r"]);
            Conditional(graph, "c", then, otherwise, "chosen");
            string ones = graph.Node("ConstantOfShape", [graph.Node("Shape", ["chosen"])], attributes: [("value", GraphBuilder.Tensor("", [1f], 1))]);
            graph.Node("Sub", [ones, "chosen"], ["y"]);
        }, "batch", "width");
        using var executor = new GraphExecutor(model);
        using var _ = no_grad();
        foreach (bool condition in new[] { true, false, true })
        {
            var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.From(Numbers.Normal(12, 3), 3, 4), ["c"] = HostTensor.From([condition]) };
            HostTensor expected = OnnxRuntimeReference.Run(model, inputs)["y"];
            Dictionary<string, Tensor> fed = inputs.ToTorch();
            HostTensor actual;
            using (Tensor y = executor.Run(fed, "y").Single())
                actual = y.ToHost();
            fed.Values.DisposeAll();

            Assert.That(actual.Shape, Is.EqualTo(expected.Shape));
            Numbers.AssertClose(actual.AsSpan<float>(), expected.AsSpan<float>(), Tolerances.Float32);
        }
    }

    [Test]
    public void ABranchThatCannotWorkOnTheseShapes_DoesNoHarm_UntilItIsTaken()
    {
        OnnxModel model = SmallGraphs.Finish(SmallGraphs.Start(4).Input("c", TensorElementType.Boolean).Initializer("axis", [1L], 1), graph =>
        {
            GraphBuilder then = graph.Subgraph("then"), otherwise = graph.Subgraph("else");
            then.Node("Squeeze", ["x", "axis"], ["r"], name: "impossible");
            otherwise.Node("Neg", ["x"], ["r"]);
            Conditional(graph, "c", then, otherwise, "y");
        }, "batch", "width");
        using var executor = new GraphExecutor(model);
        using Tensor x = zeros(3, 4), yes = tensor(true), no = tensor(false);

        executor.Run(new Dictionary<string, Tensor> { ["x"] = x, ["c"] = no }, "y").DisposeAll();

        Assert.That(() => executor.Run(new Dictionary<string, Tensor> { ["x"] = x, ["c"] = yes }, "y"), Throws.TypeOf<ModelFormatException>().With.Message.Contains("'impossible'"));
        executor.Run(new Dictionary<string, Tensor> { ["x"] = x, ["c"] = no }, "y").DisposeAll();
    }

    [Test]
    public void UnsupportedNodesOfBothBranches_AreListedWithAllOthers()
    {
        OnnxModel model = SmallGraphs.Finish(SmallGraphs.Start(4).Input("c", TensorElementType.Boolean).Opset("com.example", 1), graph =>
        {
            GraphBuilder then = graph.Subgraph("then"), otherwise = graph.Subgraph("else"), inner = graph.Subgraph("inner"), other = graph.Subgraph("other");
            inner.Node("Custom", ["x"], ["q"], domain: "com.example", name: "second");
            other.Node("Identity", ["x"], ["q"]);
            Conditional(then, "c", inner, other, "s", "q");
            then.Node("Neg", ["s"], ["r"]);
            otherwise.Node("Custom", ["x"], ["r"], domain: "com.example", name: "third");
            string first = graph.Node("Custom", ["x"], domain: "com.example", name: "first");
            Conditional(graph, "c", then, otherwise, "chosen");
            graph.Node("Add", [first, "chosen"], ["y"]);
        });

        UnsupportedModelException error = Assert.Throws<UnsupportedModelException>(() => TrainingSupport.Require(model))!;

        Assert.That(error.Nodes.Select(node => node.Name), Is.EquivalentTo(new[] { "first", "second", "third" }));
    }

    [Test]
    public void AnIfWithoutABranch_OrWithOtherOutputs_IsRefused()
    {
        OnnxModel lacking = Broken(graph => [("then_branch", Branch(graph, "r"))]);
        OnnxModel another = Broken(graph => [("then_branch", Branch(graph, "r")), ("else_branch", Branch(graph, "r").Output("x", TensorElementType.Float32))]);

        Assert.That(() => TrainingSupport.Require(lacking), Throws.TypeOf<UnsupportedModelException>().With.Message.Contains("else_branch"));
        Assert.That(() => TrainingSupport.Require(another), Throws.TypeOf<UnsupportedModelException>().With.Message.Contains("1 outputs"));

        static OnnxModel Broken(Func<GraphBuilder, (string, object)[]> branches) => SmallGraphs.Finish(
            SmallGraphs.Start(4).Input("c", TensorElementType.Boolean), graph => graph.Node("If", ["c"], ["y"], branches(graph)));

        static GraphBuilder Branch(GraphBuilder graph, string output)
        {
            GraphBuilder branch = graph.Subgraph("branch");
            branch.Node("Neg", ["x"], [output]);
            return branch.Output(output, TensorElementType.Float32);
        }
    }

    [Test]
    public void AWeightThatABranchUses_IsTrainedInFull_AndNotAdapted()
    {
        OnnxModel model = ByValue();
        Assert.That(AdaptableLayers.Find(model.Graph).Layers, Is.Empty);
        using var weights = new FullWeights(model.Graph, "y");
        Assert.That(weights.Names, Is.EqualTo(new[] { "w" }));
        using var executor = new GraphExecutor(model, weights);
        foreach (float factor in new[] { 1f, -1f })
        {
            weights.ClearGradients();
            using Tensor x = HostTensor.From([0.5f * factor, 1f, 2f * factor, -0.25f], 2, 2).ToTorch();
            // Only the branch for positive sums multiplies by w: the gradient is x^T times ones.
            using Tensor y = executor.Run(Inputs(x), "y").Single(), sum = y.sum();
            Assert.That(y.requires_grad, Is.EqualTo(factor > 0));
            if (!y.requires_grad)
                continue;
            sum.backward();
            Numbers.AssertClose(weights.Parameters.Single().grad!.ToFloatsAndDispose(), [2.5f, 2.5f, 0.75f, 0.75f], Tolerances.Float32);
        }
    }

    [Test]
    public void RunsOfBothBranches_LeaveNoTensorBehind() => LiveTensors.AssertUnchangedBy(() =>
    {
        foreach (OnnxModel model in new[] { ByValue(), Nested(constant: true) })
        {
            using var executor = new GraphExecutor(model);
            foreach (float factor in new[] { 1f, -1f, 1f })
            {
                using Tensor x = HostTensor.From([0.5f * factor, 1f, 2f * factor, -0.25f], 2, 2).ToTorch();
                executor.Run(Inputs(x), "y").DisposeAll();
            }
        }
    });

    /// <summary>y = (sum(x) > 0 ? x * w : tanh(h) - h) + h with h = 2x: captures an input, a weight, and a value that is read again behind.</summary>
    private static OnnxModel ByValue() => SmallGraphs.Finish(SmallGraphs.Start(2).Initializer("w", Numbers.Normal(4, 2), 2, 2), graph =>
    {
        GraphBuilder then = graph.Subgraph("then"), otherwise = graph.Subgraph("else");
        then.Node("MatMul", ["x", "w"], ["r"]);
        otherwise.Node("Sub", [otherwise.Node("Tanh", ["h"]), "h"], ["r"]);
        graph.Node("Add", ["x", "x"], ["h"]);
        Conditional(graph, IsPositive(graph, "x"), then, otherwise, "chosen");
        graph.Node("Add", ["chosen", "h"], ["y"]);
    }, "batch", 2);

    /// <summary>A conditional in a conditional; the inner one is decided by values, and captures from both graphs around it.</summary>
    private static OnnxModel Nested(bool constant)
    {
        GraphBuilder start = SmallGraphs.Start(2);
        start = constant ? start.Initializer(Truth("outer", true)) : start.Input("outer", TensorElementType.Boolean);
        return SmallGraphs.Finish(start, graph =>
        {
            GraphBuilder then = graph.Subgraph("then"), otherwise = graph.Subgraph("else"), inner = graph.Subgraph("inner"), other = graph.Subgraph("other");
            then.Node("Abs", ["h"], ["middle"]);
            inner.Initializer("own", [1f, 2f], 2).Node("Mul", [inner.Node("Add", ["middle", "own"]), "h"], ["q"]);
            other.Node("Sub", ["middle", "x"], ["q"]);
            Conditional(then, IsPositive(then, "x"), inner, other, "s", "q");
            then.Node("Add", ["s", "middle"], ["r"]);
            otherwise.Node("Neg", ["x"], ["r"]);
            graph.Node("Tanh", ["x"], ["h"]);
            Conditional(graph, "outer", then, otherwise, "chosen");
            graph.Node("Mul", ["chosen", "h"], ["y"]);
        }, "batch", 2);
    }

    /// <summary>Adds an If whose branches both call their result by one name.</summary>
    private static void Conditional(GraphBuilder graph, string condition, GraphBuilder then, GraphBuilder otherwise, string output, string result = "r") => graph.Node(
        "If", [condition], [output], [("then_branch", then.Output(result, TensorElementType.Float32, "a", "b")), ("else_branch", otherwise.Output(result, TensorElementType.Float32, "a", "b"))]);

    /// <summary>Whether the sum of a value is above 0.</summary>
    private static string IsPositive(GraphBuilder graph, string value) => graph.Node(
        "Cast", [graph.Node("Relu", [graph.Node("ReduceSum", [value], attributes: [("keepdims", 0)])])], attributes: [("to", OnnxDataType.Bool)]);

    private static Initializer Truth(string name, bool value) => GraphBuilder.Tensor(name, OnnxDataType.Bool, [value ? (byte)1 : (byte)0]);

    private static float[] Differences(GraphExecutor executor, Tensor x)
    {
        float[] center = x.ToFloats();
        return [.. Enumerable.Range(0, center.Length).Select(at => (Sum(at, 1e-2f) - Sum(at, -1e-2f)) / 2e-2f)];

        float Sum(int at, float step)
        {
            float[] moved = [.. center];
            moved[at] += step;
            using var _ = no_grad();
            using Tensor changed = HostTensor.From(moved, x.shape).ToTorch();
            return executor.Run(Inputs(changed), "y").Single().ToFloatsAndDispose().Sum();
        }
    }

    private static GraphPlan Plan(OnnxModel model, Tensor x)
    {
        NativeLibtorch.EnsureLoaded();
        using var weights = new WeightTensors();
        using (x)
            return new PlanBuilder(model, weights, null, new RunLimits()).Build(new Dictionary<string, Tensor> { ["x"] = x }, ["y"]);
    }

    private static Dictionary<string, Tensor> Inputs(Tensor x) => new() { ["x"] = x };
}
