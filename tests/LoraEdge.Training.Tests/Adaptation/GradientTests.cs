using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using LoraEdge.Training.Tests.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Adaptation;

/// <summary>Gradients of everything that can be trained, against finite differences and the closed form of lora-fa.md.</summary>
public sealed class GradientTests
{
    internal static IEnumerable<TestCaseData> Graphs =>
    [
        new TestCaseData(SmallGraphs.Linear()).SetArgDisplayNames("MatMul with bias"),
        new TestCaseData(SmallGraphs.Gemm()).SetArgDisplayNames("Gemm with transB and alpha"),
        new TestCaseData(SmallGraphs.SharedWeight()).SetArgDisplayNames("weight used twice"),
        new TestCaseData(SmallGraphs.Normalised()).SetArgDisplayNames("LayerNormalization and Softmax"),
        new TestCaseData(SmallGraphs.Gated()).SetArgDisplayNames("gate"),
        new TestCaseData(SmallGraphs.Gated(gateWidth: 1)).SetArgDisplayNames("gate that is broadcast"),
        new TestCaseData(SmallGraphs.Sequence()).SetArgDisplayNames("sequence"),
        new TestCaseData(SmallGraphs.WeightOnAConstant()).SetArgDisplayNames("weight on a constant"),
    ];

    [TestCaseSource(nameof(Graphs))]
    public void B_OfLoraFa_HasTheGradientOfFiniteDifferences(OnnxModel model)
    {
        using LowRankWeights weights = Branches.On(model, scale: 0.8f).Randomised(seed: 1);

        Check(model, weights);
    }

    [TestCaseSource(nameof(Graphs))]
    public void B_OfHigherRank_HasTheGradientOfFiniteDifferences(OnnxModel model)
    {
        using LowRankWeights weights = Branches.On(model, rank: 3).Randomised(seed: 1);

        Check(model, weights);
    }

    [TestCaseSource(nameof(Graphs))]
    public void AAndB_OfLora_HaveTheGradientsOfFiniteDifferences(OnnxModel model)
    {
        using LowRankWeights weights = Branches.On(model, rank: 2, scale: 1.5f, trainA: true).Randomised(seed: 1);

        Check(model, weights);
    }

    [TestCaseSource(nameof(Graphs))]
    public void Weights_OfFullFineTuning_HaveTheGradientsOfFiniteDifferences(OnnxModel model)
    {
        using var weights = new FullWeights(model.Graph, "y");

        Check(model, weights);
    }

    [Test]
    public void GradientsThatEndAtAChoice_ReachWhatIsBehindIt([Values(null, 1L)] long? memoryTarget)
    {
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start().Initializer("w1", Numbers.Normal(SmallGraphs.In * SmallGraphs.In, 1), SmallGraphs.In, SmallGraphs.In).Initializer("w2", Numbers.Normal(SmallGraphs.In * SmallGraphs.Out, 2), SmallGraphs.In, SmallGraphs.Out),
            graph => graph.Node("MatMul", [graph.Node("Hardmax", [graph.Node("MatMul", ["x", "w1"])]), "w2"], ["y"]));
        using LowRankWeights weights = Branches.On(model);
        using var executor = new GraphExecutor(model, weights);
        using Tensor x = ones(2, SmallGraphs.In);

        using (IForwardPass pass = executor.Forward(new Dictionary<string, Tensor> { ["x"] = x }, "y", memoryTarget))
        using (Tensor gradient = ones_like(pass.Value))
            pass.Backward(gradient);

        Assert.That(weights.Parameters.Select(parameter => parameter.grad is not null), Is.EqualTo([false, true]));
    }

    private static IEnumerable<LayerModel> Layers =>
        [.. LayerModels.Products, .. LayerModels.TiedWeights, .. LayerModels.Convolutions, .. LayerModels.Quantized, .. LayerModels.Recurrences, .. LayerModels.Fused];

    [TestCaseSource(nameof(Layers))]
    public void EveryKindOfLayer_HasTheGradientsOfFiniteDifferences(LayerModel layer)
    {
        OnnxModel model = layer.Build();
        foreach (bool trainA in new[] { false, true })
        {
            using LowRankWeights weights = Branches.On(model, rank: 2, scale: 0.8f, trainA).Randomised(seed: 1, deviation: 0.2);
            using var check = new GradientCheck(model, weights, layer.Inputs);
            check.AssertFiniteDifferences();
        }
    }

    [TestCaseSource(nameof(Layers))]
    public void EveryKindOfLayer_ComputedAgainInSegments_HasTheSameGradients(LayerModel layer)
    {
        OnnxModel model = layer.Build();
        using LowRankWeights weights = Branches.On(model, rank: 2, trainA: true).Randomised(seed: 1, deviation: 0.2);
        using var check = new GradientCheck(model, weights, layer.Inputs);

        float[][] again = check.RecomputedGradients();

        foreach ((float[] gradient, float[] recomputed) in check.Gradients().Zip(again))
            Numbers.AssertClose(recomputed, gradient, Tolerances.Float32);
    }

    [TestCaseSource(nameof(Layers))]
    [NonParallelizable]
    public void EveryKindOfLayer_LeavesNoTensorBehind(LayerModel layer)
    {
        OnnxModel model = layer.Build();
        Pass();

        LiveTensors.AssertUnchangedBy(Pass);

        void Pass()
        {
            using LowRankWeights weights = Branches.On(model).Randomised(seed: 1);
            using var check = new GradientCheck(model, weights, layer.Inputs);
            check.Gradients();
        }
    }

    /// <summary>What population tuning trains: the model, A and B at once, beside the nodes and in the tensor.</summary>
    [TestCase("Gather and Transpose and MatMul")]
    [TestCase("matrix in both orientations")]
    public void ModelAAndB_Together_HaveTheGradientsOfFiniteDifferences(string name)
    {
        LayerModel layer = LayerModels.TiedWeights.Single(layer => layer.Name == name);
        OnnxModel model = layer.Build();
        using var weights = new SharedWeights(Branches.On(model, trainA: true), new FullWeights(model.Graph, "y"));
        weights.Restore([.. weights.Capture().Select((values, index) => values.Any(value => value != 0) ? values : Numbers.Normal(values.Length, index, 0.2))]);
        using var check = new GradientCheck(model, weights, layer.Inputs);

        check.AssertFiniteDifferences();
    }

    /// <summary>dL/dB = s * G^T * (x * A^T), and alpha where a Gemm has one.</summary>
    [TestCase(1)]
    [TestCase(3)]
    public void B_HasTheGradientOfTheClosedForm(int rank)
    {
        const float Scale = 0.75f, Alpha = -1.5f;
        OnnxModel model = SmallGraphs.Gemm();
        using LowRankWeights weights = Branches.On(model, rank, Scale).Randomised(seed: 1);
        using var check = new GradientCheck(model, weights);
        float[] a = weights.Branches.Single().A.ToFloats();

        var expected = new float[SmallGraphs.Out * rank];
        for (int row = 0; row < check.X.Length / SmallGraphs.In; row++)
        {
            for (int r = 0; r < rank; r++)
            {
                double z = Enumerable.Range(0, SmallGraphs.In).Sum(i => (double)check.X[row * SmallGraphs.In + i] * a[r * SmallGraphs.In + i]);
                for (int o = 0; o < SmallGraphs.Out; o++)
                    expected[o * rank + r] += (float)(Scale * Alpha * check.C[row * SmallGraphs.Out + o] * z);
            }
        }

        Numbers.AssertClose(check.Gradients().Single(), expected, Tolerances.Float32);
    }

    private static void Check(OnnxModel model, TrainableWeights weights)
    {
        using var check = new GradientCheck(model, weights);
        check.AssertFiniteDifferences();
    }
}
