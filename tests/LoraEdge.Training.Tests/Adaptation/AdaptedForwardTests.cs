using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Adaptation;

/// <summary>The forward pass with an adapter, against ONNX Runtime on the model with s*B*A merged into its weights.</summary>
public sealed class AdaptedForwardTests
{
    [TestCase(1, 1f)]
    [TestCase(3, 0.6f)]
    public void Branches_ComputeWhatMergedWeightsCompute(int rank, float scale)
    {
        foreach (OnnxModel model in new[] { SmallGraphs.Linear(), SmallGraphs.Gemm(), SmallGraphs.SharedWeight(), SmallGraphs.Normalised(), SmallGraphs.Sequence(), TinyModels.Policy() })
        {
            using LowRankWeights weights = Branches.On(model, rank, scale).Randomised(seed: 3);
            HostTensor x = Input(model);
            string output = model.Graph.Outputs[0].Name;

            float[] actual = Execute(model, weights, x, output);

            HostTensor expected = OnnxRuntimeReference.Run(Merged(model, weights), new Dictionary<string, HostTensor> { ["x"] = x })[output];
            Numbers.AssertClose(actual, expected.AsSpan<float>(), Tolerances.Parity);
        }
    }

    [Test]
    public void Branches_OfAHalfPrecisionModel_AreComputedInFullPrecision()
    {
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start().Initializer(Half("w", Numbers.Normal(20, 2, 0.5), 5, 4)),
            graph => graph.Node("Cast", [graph.Node("MatMul", [graph.Node("Cast", ["x"], attributes: [("to", OnnxDataType.Float16)]), "w"])], ["y"], [("to", OnnxDataType.Float)]));
        using LowRankWeights weights = Branches.On(model).Randomised(seed: 3);
        HostTensor x = Input(model);

        float[] actual = Execute(model, weights, x, "y");

        OnnxModel merged = Merged(model, weights);
        Numbers.AssertClose(actual, Execute(merged, null, x, "y"), Tolerances.Float16);
        using var check = new GradientCheck(model, weights);
        Assert.That(check.Gradients().Single(), Has.Some.Not.Zero);
    }

    private static Initializer Half(string name, float[] values, params long[] shape) =>
        GraphBuilder.Tensor(name, OnnxDataType.Float16, [.. values.SelectMany(value => BitConverter.GetBytes((System.Half)value))], shape);

    private static HostTensor Input(OnnxModel model)
    {
        long[] shape = [3, .. model.Graph.Inputs[0].Shape!.Skip(1).Select(axis => axis.Size!.Value)];
        return HostTensor.From(Numbers.Normal((int)shape.Aggregate((count, size) => count * size), seed: 4), shape);
    }

    private static float[] Execute(OnnxModel model, TrainableWeights? weights, HostTensor x, string output)
    {
        using var executor = new GraphExecutor(model, weights);
        using Tensor input = x.ToTorch();
        return executor.Run(new Dictionary<string, Tensor> { ["x"] = input }, output).Single().ToFloatsAndDispose();
    }

    /// <summary>The model with W + s*B*A, or W + s*A^T*B^T where the weight is stored (in, out).</summary>
    private static OnnxModel Merged(OnnxModel model, LowRankWeights weights) => model.WithInitializers(weights.Branches.ToDictionary(
        branch => branch.Layer.WeightName,
        branch => new LayerFactors(branch.Layer, branch.A.ToFloats(), branch.B.ToFloats(), branch.Scale).MergedInto(model)));
}
