using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Adaptation;

/// <summary>A quantized frozen model is trained through: forward as ONNX Runtime, backward as if nothing were rounded.</summary>
public sealed class QuantizedTrainingTests
{
    private const int Rows = 16;

    internal static IEnumerable<TestCaseData> Models =>
        new[] { QuantizedModels.Qdq(), QuantizedModels.Dynamic(), QuantizedModels.Moved(), QuantizedModels.Requantized(), QuantizedModels.Convolution(), QuantizedModels.Fused() }
            .Select(model => new TestCaseData(model).SetArgDisplayNames(model.Name));

    [TestCaseSource(nameof(Models))]
    public void Outputs_AreOnnxRuntimes(OnnxModel model)
    {
        using var executor = new GraphExecutor(model);
        using Tensor x = Input().ToTorch();

        float[] y = executor.Run(new Dictionary<string, Tensor> { ["x"] = x }, "y").Single().ToFloatsAndDispose();

        Numbers.AssertClose(y, OnnxRuntimeReference.Run(model, new Dictionary<string, HostTensor> { ["x"] = Input() })["y"].AsSpan<float>(), Tolerances.Float32);
    }

    [TestCaseSource(nameof(Models))]
    public void B_OfALayerBelowAQuantizedOne_LowersTheLoss(OnnxModel model)
    {
        AdaptableLayer layer = AdaptableLayers.Find(model.Graph).Layers.Single(layer => layer.WeightName == "w");
        using LowRankWeights weights = new([layer], [Numbers.Normal(QuantizedModels.In, 8, 0.4)], rank: 1, scale: 1, trainA: false);
        using var executor = new GraphExecutor(model, weights);
        using Tensor x = Input().ToTorch(), target = Target(executor, weights, x);

        double[] losses = [.. Enumerable.Range(0, 60).Select(_ => Step(executor, weights, x, target))];

        Assert.That(losses, Has.All.Not.NaN);
        Assert.That(losses[^1], Is.LessThan(0.2 * losses[0]));
    }

    [Test]
    public void Gradient_PassesQuantization_AsItIs_AndNotWhereItSaturates()
    {
        // Some of the hidden numbers are beyond what 8 bits of this scale hold.
        OnnxModel model = QuantizedModels.Qdq();
        using var weights = new FullWeights(model.Graph, "hidden");
        using var check = new GradientCheck(model, weights);
        float[] w = model.Graph.Initializers["w"].ToFloats(), v = Dequantized(model), expected = new float[w.Length];
        int saturated = 0;
        for (int row = 0; row < check.X.Length / QuantizedModels.In; row++)
        {
            for (int j = 0; j < QuantizedModels.In; j++)
            {
                double hidden = Enumerable.Range(0, QuantizedModels.In).Sum(i => (double)check.X[row * QuantizedModels.In + i] * w[i * QuantizedModels.In + j]);
                double gradient = Enumerable.Range(0, QuantizedModels.Out).Sum(o => (double)check.C[row * QuantizedModels.Out + o] * v[j * QuantizedModels.Out + o]);
                bool passes = hidden / 0.02 is >= -125 and <= 130;
                saturated += passes ? 0 : 1;
                for (int i = 0; i < QuantizedModels.In; i++)
                    expected[i * QuantizedModels.In + j] += passes ? (float)(check.X[row * QuantizedModels.In + i] * gradient) : 0;
            }
        }

        Numbers.AssertClose(check.Gradients().Single(), expected, 1e-5);
        Assert.That(saturated, Is.Positive);
    }

    [TestCase("quantized", TensorElementType.UInt8)]
    [TestCase("product", TensorElementType.Int32)]
    public void Integers_ThatAreAskedFor_HaveTheirOwnType(string value, TensorElementType type)
    {
        OnnxModel model = QuantizedModels.Dynamic();
        using var executor = new GraphExecutor(model);
        using Tensor x = Input().ToTorch();

        Tensor[] results = executor.Run(new Dictionary<string, Tensor> { ["x"] = x }, value, "y");
        HostTensor[] values = [.. results.Select(result => result.ToHost())];
        results.DisposeAll();

        Assert.That(values[0].ElementType, Is.EqualTo(type));
        Numbers.AssertClose(values[1].AsSpan<float>(), OnnxRuntimeReference.Run(model, new Dictionary<string, HostTensor> { ["x"] = Input() })["y"].AsSpan<float>(), Tolerances.Float32);
    }

    [Test]
    public void Integers_ThatAnotherOperatorReads_KeepTheirType()
    {
        OnnxModel model = SmallGraphs.Finish(SmallGraphs.Start(4), graph =>
        {
            graph.Node("DynamicQuantizeLinear", ["x"], ["quantized", "scale", "zero"]);
            graph.Node("DequantizeLinear", ["quantized", "scale", "zero"], ["real"]);
            graph.Node("Cast", [graph.Node("Mul", ["quantized", "quantized"])], ["squares"], [("to", OnnxDataType.Float)]);
            graph.Node("Add", ["real", "squares"], ["y"]);
        });

        Assert.That(CarriedIntegers.Find([.. model.Graph.Nodes.Select(node => new PlannedNode(node, node.Inputs, node.Outputs))], ["y"]), Is.Empty);
    }

    [Test]
    public void NodeThatHasNothingToMove_CarriesNothing()
    {
        OnnxModel model = SmallGraphs.Finish(SmallGraphs.Start(4), graph => graph.Node("Flatten", [], ["y"]));

        Assert.That(CarriedIntegers.Find([.. model.Graph.Nodes.Select(node => new PlannedNode(node, node.Inputs, node.Outputs))], ["y"]), Is.Empty);
    }

    private static double Step(GraphExecutor executor, LowRankWeights weights, Tensor x, Tensor target)
    {
        weights.ClearGradients();
        using Tensor y = executor.Run(new Dictionary<string, Tensor> { ["x"] = x }, "y").Single(), loss = nn.functional.mse_loss(y, target);
        loss.backward();
        using (no_grad())
        {
            using Tensor gradient = weights.Parameters[0].grad!, norm = gradient.norm(), rate = norm.add(1).reciprocal().mul_(0.1f), step = gradient.mul(rate);
            weights.Parameters[0].sub_(step);
        }

        return loss.item<float>();
    }

    /// <summary>What the model gives with another B: something that training can reach.</summary>
    private static Tensor Target(GraphExecutor executor, LowRankWeights weights, Tensor x)
    {
        using var _ = no_grad();
        weights.Randomised(seed: 9, deviation: 0.8);
        Tensor target = executor.Run(new Dictionary<string, Tensor> { ["x"] = x }, "y").Single();
        weights.Restore([new float[QuantizedModels.In]]);
        return target;
    }

    private static float[] Dequantized(OnnxModel model)
    {
        float[] scales = model.Graph.Initializers["vScales"].ToFloats();
        return [.. model.Graph.Initializers["v"].Data.ToArray().Select((value, i) => unchecked((sbyte)value) * scales[i % QuantizedModels.Out])];
    }

    private static HostTensor Input() => HostTensor.From(Numbers.Normal(Rows * QuantizedModels.In, 6), Rows, QuantizedModels.In);
}
