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

    private static IEnumerable<TestCaseData> Layers =>
    [
        Case("MatMul", [Width, 4], graph => graph.Node("MatMul", ["x", "w"], ["y"])),
        Case("MatMul behind Transpose", [4, Width], graph => graph.Node("MatMul", ["x", graph.Node("Transpose", ["w"])], ["y"])),
        Case("Conv", [2, 1, 1, 64], graph => graph.Node("Conv", [graph.Node("Reshape", ["x", "pixels"]), "w"], ["y"], [("strides", new[] { 1, 64 })])),
    ];

    [TestCaseSource(nameof(Layers))]
    public void TheInputOfAnAdaptedLayer_IsFreedAfterTheForwardPass_UnlikeWithLora(Func<OnnxModel> build)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("Resident memory is compared, and only Linux gives freed blocks of this size back at once.");

        OnnxModel model = build();
        Assert.That(KeptForBackward(model, trainA: false), Is.LessThan(InputBytes / 4), "bytes kept by LoRA-FA");
        Assert.That(KeptForBackward(model, trainA: true), Is.GreaterThan(InputBytes * 3 / 4), "bytes kept by LoRA: this test would not notice anything");
    }

    private static TestCaseData Case(string name, long[] weight, Func<GraphBuilder, string> node) => new TestCaseData(() => SmallGraphs.Finish(
        SmallGraphs.Start(Width).Initializer("w", Numbers.Normal((int)weight.Aggregate((count, size) => count * size), 2, 0.01), weight).Initializer("pixels", [-1L, 1, 1, Width], 4),
        graph => node(graph))).SetArgDisplayNames(name);

    /// <summary>Resident bytes that a forward pass leaves behind while its result waits for backward and its input is gone.</summary>
    private static long KeptForBackward(OnnxModel model, bool trainA)
    {
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
