using Microsoft.ML.OnnxRuntime;

namespace LoraEdge.Inference.Tests;

/// <summary>Results that a kernel has left out: ONNX Runtime then hands over a value without a tensor.</summary>
public sealed class OutputTensorsTests
{
    [Test]
    public void ResultWithoutATensor_IsRefusedByName()
    {
        using OrtValue nothing = OrtValue.CreateSequence([OrtValue.CreateTensorValueFromMemory(new float[1], [1])]);

        AssertRefused(() => OutputTensors.Copy("policy", ["mean"], [nothing]));
        AssertRefused(() => OutputTensors.CopyFloats("policy", "mean", nothing, new float[1]));
    }

    [Test]
    public void Result_IsCopied()
    {
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(new[] { 1f, -2f }, [2]);
        float[] destination = new float[3];

        Assert.That(OutputTensors.CopyFloats("policy", "mean", value, destination), Is.EqualTo(2));
        Assert.That(destination, Is.EqualTo(new[] { 1f, -2, 0 }));
        Assert.That(OutputTensors.Copy("policy", ["mean"], [value])["mean"].AsSpan<float>().ToArray(), Is.EqualTo(new[] { 1f, -2 }));
    }

    private static void AssertRefused(Action read) =>
        Assert.That(read, Throws.TypeOf<ModelFormatException>().With.Message.Contains("'mean' of policy").And.InnerException.TypeOf<OnnxRuntimeException>());
}
