using LoraEdge.Training.Adaptation;
using static TorchSharp.torch;

namespace LoraEdge.Training.Tests.Adaptation;

/// <summary>How branches are set up.</summary>
public sealed class LowRankWeightsTests
{
    [Test]
    public void Branches_BeginWithBOfZeros_AndTrainBAlone()
    {
        using LowRankWeights weights = Branches.On(TinyModels.Policy(), rank: 2);

        Assert.That(weights.Branches.Select(branch => branch.Layer.WeightName), Is.EqualTo(new[] { "w1", "w2" }));
        Assert.That(weights.Branches.SelectMany(branch => branch.B.ToFloats()), Is.All.EqualTo(0f));
        Assert.That(weights.Branches.Select(branch => (branch.A.requires_grad, branch.B.requires_grad)), Is.All.EqualTo((false, true)));
        Assert.That(weights.Parameters, Has.Count.EqualTo(2));
    }

    /// <summary>The last bits of a product depend on how its operands are aligned, which is a matter of chance for managed arrays.</summary>
    [Test]
    public unsafe void Projections_LieInMemoryThatLibtorchAligned()
    {
        using LowRankWeights weights = Branches.On(TinyModels.Policy(features: 5), trainA: true);

        foreach (Tensor a in weights.Parameters)
        {
            fixed (byte* address = a.bytes)
                Assert.That((long)address % 64, Is.Zero);
        }
    }

    [TestCase(1)]
    [TestCase(3)]
    public void ChangeNorm_IsTheFrobeniusNormOfTheProduct(int rank)
    {
        using LowRankWeights weights = Branches.On(SmallGraphs.Gemm(), rank, scale: -0.5f).Randomised(seed: 5);
        LowRankBranch branch = weights.Branches.Single();
        double sum = 0;
        new LayerFactors(branch.Layer, branch.A.ToFloats(), branch.B.ToFloats(), branch.Scale).ForEachChange((_, _, change) => sum += change * change);

        Assert.That(branch.ChangeNorm(), Is.EqualTo(Math.Sqrt(sum)).Within(1e-4).Percent);
    }
}
