using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Inference.Tests;

/// <summary>
/// The session that serves equals the TorchSharp forward with the adapter attached, with random B such that the norm of
/// every change is a tenth of its weight's; or all of it, where a Softmax is too sure of itself to show less.
/// </summary>
public sealed class ParityTests
{
    [TestCase(1)]
    [TestCase(4)]
    public void TinyPolicy_ServedAndTrained_ComputeTheSame(int rank)
    {
        OnnxModel model = TinyModels.Policy();

        AssertParity(model, new() { ["x"] = HostTensor.From(Numbers.Normal(6 * 8, seed: 3), 6, 8) }, "logits", rank);
    }

    [Test]
    public void Stories15M_ServedAndTrained_ComputeTheSame()
    {
        OnnxModel model = OnnxModel.Load(TestData.Require("models/stories15M/stories15M.onnx"));
        long[] tokens = [1, 9038, 2501, 263, 931, 29892, 727, 471, 263, 2217, 7826, 4257, 365, 2354, 29889];

        AssertParity(model, new() { ["input_ids"] = HostTensor.From(tokens, 1, tokens.Length) }, "logits", rank: 1);
    }

    [Test]
    public void RivalBase_ServedAndTrained_ComputeTheSame()
    {
        OnnxModel model = OnnxModel.Load(TestData.RequirePath(Repository.PathOf("sample-host/Models/rival-base.onnx")));

        AssertParity(model, RandomInputs(model), model.Graph.Outputs[0].Name, rank: 1);
    }

    /// <summary>An LSTM behind Gemm layers; a convolution between products.</summary>
    [TestCase("mlagents/Hallway.onnx", "recurrent_out", 0.1)]
    [TestCase("magika/fast_v2_1.onnx", "target_label", 1)]
    public void RealModel_ServedAndTrained_ComputesTheSame(string path, string output, double share)
    {
        OnnxModel model = OnnxModel.Load(TestData.Require($"models/{path}"));

        AssertParity(model, RandomInputs(model), output, rank: 1, share);
    }

    private static IEnumerable<LayerModel> Layers =>
        [.. LayerModels.Products, .. LayerModels.TiedWeights, .. LayerModels.Convolutions, .. LayerModels.Quantized, .. LayerModels.Recurrences, .. LayerModels.Fused];

    [TestCaseSource(nameof(Layers))]
    public void EveryKindOfLayer_ServedAndTrained_ComputesTheSame(LayerModel layer)
    {
        foreach (int rank in new[] { 1, 3 })
            AssertParity(layer.Build(), new(layer.Inputs), "y", rank);
    }

    private static void AssertParity(OnnxModel model, Dictionary<string, HostTensor> inputs, string output, int rank, double share = 0.1)
    {
        Adapter adapter = RandomAdapter.For(model, share, rank);
        using var served = new ServingModel(model);
        using AdapterSlot slot = served.Open();
        float[] frozen = slot.Run(inputs)[output].AsSpan<float>().ToArray();
        slot.Publish(adapter);

        float[] actual = slot.Run(inputs)[output].AsSpan<float>().ToArray();

        Numbers.AssertClose(actual, Trained(model, adapter, inputs, output), Tolerances.Parity);
        double scale = actual.Max(Math.Abs);
        Assert.That(actual.Zip(frozen, (left, right) => Math.Abs(left - right)).Max(), Is.GreaterThan(100 * Tolerances.Parity * scale), "the adapter should change what the model says");
    }

    private static float[] Trained(OnnxModel model, Adapter adapter, Dictionary<string, HostTensor> inputs, string output)
    {
        IReadOnlyList<AdaptableLayer> layers = AdaptableLayers.Find(model.Graph).Layers;
        ProjectionFactors factors = ProjectionFactors.For(adapter, model.Fingerprint, [.. layers.Select(layer => layer.AsWeight())]);
        NativeLibtorch.EnsureLoaded();
        using var _ = no_grad();
        using var branches = new LowRankWeights(layers, factors.Matrices, adapter.Rank, adapter.Scale, trainA: false);
        branches.Restore([.. adapter.Targets.Select(target => target.B)]);
        using var executor = new GraphExecutor(model, branches);
        Dictionary<string, Tensor> tensors = inputs.ToDictionary(input => input.Key, input => ToTorch(input.Value));
        using Tensor result = executor.Run(tensors, output)[0];
        foreach (Tensor tensor in tensors.Values)
            tensor.Dispose();
        return result.contiguous().data<float>().ToArray();
    }

    private static Tensor ToTorch(HostTensor value)
    {
        Tensor result = empty(value.Shape, ElementTypes.FromOnnx((int)value.ElementType)!.Value);
        value.Bytes.CopyTo(result.bytes);
        return result;
    }

    private static Dictionary<string, HostTensor> RandomInputs(OnnxModel model)
    {
        const int Rows = 4;
        var inputs = new Dictionary<string, HostTensor>();
        foreach (ValueInfo input in model.Graph.Inputs)
        {
            long[] shape = [.. input.Shape!.Select(axis => axis.Size ?? Rows)];
            float[] values = Numbers.Normal((int)shape.Aggregate(1L, (product, size) => product * size), seed: 21);
            inputs.Add(input.Name, input.ElementType switch
            {
                OnnxDataType.Float => HostTensor.From(values, shape),
                OnnxDataType.Int32 => HostTensor.From([.. values.Select(value => Math.Min(255, (int)(Math.Abs(value) * 100)))], shape),
                OnnxDataType.UInt8 => HostTensor.From([.. values.Select(value => value > 1 ? (byte)1 : (byte)0)], shape),
                _ => throw new NotSupportedException($"This test has no random values for '{input.Name}'."),
            });
        }

        return inputs;
    }
}
