using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Adaptation;

/// <summary>The point of LoRA-FA: a layer's input is not kept for the backward pass.</summary>
[NonParallelizable]
public sealed class LowRankMemoryTests
{
    private const int Rows = 1024;
    private const int Width = 32768;
    private const long InputBytes = (long)Rows * Width * sizeof(float);

    [Test]
    public void TheInputOfAnAdaptedLayer_IsFreedAfterTheForwardPass_UnlikeWithLora()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("Resident memory is compared, and only Linux gives freed blocks of this size back at once.");

        Assert.That(KeptForBackward(trainA: false), Is.LessThan(InputBytes / 4), "bytes kept by LoRA-FA");
        Assert.That(KeptForBackward(trainA: true), Is.GreaterThan(InputBytes * 3 / 4), "bytes kept by LoRA: this test would not notice anything");
    }

    /// <summary>Resident bytes that a forward pass leaves behind while its result waits for backward and its input is gone.</summary>
    private static long KeptForBackward(bool trainA)
    {
        OnnxModel model = SmallGraphs.Finish(
            SmallGraphs.Start(Width).Initializer("w", Numbers.Normal(Width * 4, 2, 0.01), Width, 4),
            graph => graph.Node("MatMul", ["x", "w"], ["y"]));
        using LowRankWeights weights = Branches.On(model, trainA: trainA).Randomised(seed: 1);
        using var executor = new GraphExecutor(model, weights);
        Forward(executor).Dispose();
        long before = Resident();
        using Tensor y = Forward(executor);
        return Resident() - before;
    }

    private static Tensor Forward(GraphExecutor executor)
    {
        using Tensor x = ones(Rows, Width);
        return executor.Run(new Dictionary<string, Tensor> { ["x"] = x }, "y").Single();
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Environment.WorkingSet;
    }
}
