using LoraEdge.Inference;
using LoraEdge.Onnx;
using NUnit.Framework;
using Rival.BaseModel;
using Rival.Chess;
using Rival.Policy;
using Rival.Tests.Chess;

namespace Rival.Tests.BaseModel;

public sealed class PolicyNetworkTests
{
    private static readonly OnnxModel s_model = PolicyNetwork.Create(1);

    [Test]
    public void Create_OfAnyNetwork_HasTwoMillionParametersAtMost() =>
        Assert.That(s_model.Graph.Initializers.Values.Where(initializer => initializer.DataType == OnnxDataType.Float).Sum(initializer => initializer.Count), Is.InRange(1_000_000, 2_000_000));

    [Test]
    public void Create_OfAnyNetwork_LetsEveryConstantMatMulBeAdapted()
    {
        string[] weights = [.. s_model.Graph.Nodes
            .Where(node => node.OpType == "MatMul" && node.Inputs.Any(s_model.Graph.Initializers.ContainsKey))
            .SelectMany(node => node.Inputs.Where(s_model.Graph.Initializers.ContainsKey))];
        LayerScan scan = AdaptableLayers.Find(s_model.Graph);
        Assert.That(weights, Is.Not.Empty.And.Unique);
        Assert.That(scan.Layers.Select(layer => layer.WeightName), Is.EquivalentTo(weights));
        Assert.That(scan.Skipped, Is.Empty);
    }

    [Test]
    public void Create_OfAnyNetwork_NeedsLessThan16000BytesForAnAdapterOfRank1() =>
        Assert.That(AdaptableLayers.Find(s_model.Graph).Layers.Sum(layer => layer.OutFeatures * sizeof(short)), Is.Positive.And.LessThan(16_000));

    [Test]
    public void Create_WithTheSameSeed_GivesTheSameFingerprint() =>
        Assert.That(PolicyNetwork.Create(1).Fingerprint, Is.EqualTo(s_model.Fingerprint));

    [Test]
    public void Create_WithAnotherSeed_GivesAnotherFingerprint() =>
        Assert.That(PolicyNetwork.Create(2).Fingerprint, Is.Not.EqualTo(s_model.Fingerprint));

    [Test]
    public void Create_WithRandomWeights_StartsNotFarFromGuessing()
    {
        Decision[] decisions = [.. Pgn.Read(Playouts.Pgn("A, B", games: 5, plies: 60, seed: 1), out _).SelectMany(Decision.Of)];
        double guessing = decisions.Average(decision => Math.Log(decision.ToRecord().Target.AllowedClasses!.Length));
        using var session = new MergedSession(s_model);
        Assert.That(new PolicyEvaluator().Score(session.Run, decisions).All.Nll, Is.EqualTo(guessing).Within(1.5));
    }
}
