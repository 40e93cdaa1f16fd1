using LoraEdge.Training.Adaptation;
using LoraEdge.Training.Execution;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Operators;

/// <summary>Scores grow with the square of the length: attention keeps none for the backward pass where libtorch can do without.</summary>
[NonParallelizable]
public sealed class AttentionMemoryTests
{
    private const int Length = 2048, Heads = 4, Width = 16;
    private const long ScoreBytes = (long)Heads * Length * Length * sizeof(float);

    [Test]
    public void CausalAttention_KeepsNoScoresForBackward()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("Resident memory is compared, and only Linux gives freed blocks of this size back at once.");

        Assert.That(KeptForBackward(softcap: 0), Is.LessThan(ScoreBytes / 4), "bytes kept");
        Assert.That(KeptForBackward(softcap: 5), Is.GreaterThan(ScoreBytes * 3 / 4), "bytes kept with a softcap: this test would not notice anything");
    }

    private static long KeptForBackward(float softcap)
    {
        OnnxModel model = Model(softcap);
        using LowRankWeights weights = Branches.On(model).Randomised(seed: 1);
        using var executor = new GraphExecutor(model, weights);
        Forward(executor).Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Environment.WorkingSet;
        using Tensor y = Forward(executor);
        return Environment.WorkingSet - before;
    }

    private static Tensor Forward(GraphExecutor executor)
    {
        using Tensor x = ones(1, Length, Width);
        return executor.Run(new Dictionary<string, Tensor> { ["x"] = x }, "y").Single();
    }

    private static OnnxModel Model(float softcap)
    {
        GraphBuilder graph = new GraphBuilder("attention", 23).Input("x", TensorElementType.Float32, "batch", Length, Width);
        foreach (string name in new[] { "q", "k", "v" })
            graph.Node("MatMul", ["x", name], [$"x.{name}"]);
        foreach (string name in new[] { "q", "k", "v" })
            graph.Initializer(name, Numbers.Normal(Width * Width, name[0], 0.2), Width, Width);
        graph.Node("Attention", ["x.q", "x.k", "x.v"], ["y"], [("q_num_heads", Heads), ("kv_num_heads", Heads), ("is_causal", 1), ("softcap", softcap)]);
        return graph.Output("y", TensorElementType.Float32, "batch", Length, Width).Build();
    }
}
