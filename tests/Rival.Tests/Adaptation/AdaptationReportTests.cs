using System.Text.Json;
using LoraEdge;
using NUnit.Framework;
using Rival.Adaptation;
using Rival.Policy;

namespace Rival.Tests.Adaptation;

public sealed class AdaptationReportTests
{
    [Test]
    public void ToJson_OfSeveralPlayers_PoolsOverMoves()
    {
        PlayerReport[] players =
        [
            Player(moves: 100, nll: 2.0, adaptedNll: 1.5, bytes: 1000, seconds: 3),
            Player(moves: 300, nll: 3.0, adaptedNll: 3.5, bytes: 3000, seconds: 9),
        ];
        using JsonDocument json = JsonDocument.Parse(AdaptationReport.Of(players, new AdaptOptions()).ToJson());
        JsonElement root = json.RootElement;
        Assert.That(root.GetProperty("players").GetInt32(), Is.EqualTo(2));
        Assert.That(root.GetProperty("games").GetInt32(), Is.EqualTo(40));
        Assert.That(root.GetProperty("testMoves").GetInt32(), Is.EqualTo(400));
        Assert.That(root.GetProperty("base").GetProperty("nll").GetDouble(), Is.EqualTo(2.75).Within(1e-12));
        Assert.That(root.GetProperty("adapted").GetProperty("nll").GetDouble(), Is.EqualTo(3.0).Within(1e-12));
        Assert.That(root.GetProperty("base").GetProperty("accuracy").GetDouble(), Is.EqualTo(0.25));
        Assert.That(root.GetProperty("base").GetProperty("openingNll").GetDouble(), Is.EqualTo(1.0));
        Assert.That(root.GetProperty("adapted").GetProperty("openingAccuracy").GetDouble(), Is.EqualTo(0.5));
        Assert.That(root.GetProperty("helpedShare").GetDouble(), Is.EqualTo(0.5));
        Assert.That(root.GetProperty("adapterBytes").GetProperty("median").GetDouble(), Is.EqualTo(2000));
        Assert.That(root.GetProperty("adapterBytes").GetProperty("max").GetDouble(), Is.EqualTo(3000));
        Assert.That(root.GetProperty("payloadBytes").GetInt64(), Is.EqualTo(900));
        Assert.That(root.GetProperty("trainSeconds").GetProperty("median").GetDouble(), Is.EqualTo(6));
    }

    [TestCase(AdaptationKind.LoraFa, "lora-fa")]
    [TestCase(AdaptationKind.Lora, "lora")]
    [TestCase(AdaptationKind.Full, "full")]
    public void ToJson_OfAMethod_NamesItAsTheCommandLineDoes(AdaptationKind kind, string name)
    {
        string json = AdaptationReport.Of([Player(1, 1, 1, 1, 1)], new AdaptOptions { Kind = kind }).ToJson();
        Assert.That(json, Does.Contain($"\"method\":\"{name}\"").And.Not.Contain("\n"));
    }

    private static PlayerReport Player(int moves, double nll, double adaptedNll, long bytes, double seconds)
    {
        var opening = new MoveScore(10, 10, 5);
        return new PlayerReport
        {
            Player = "x",
            Games = 20,
            TrainingMoves = 50,
            Base = new PolicyScore(new MoveScore(moves, moves * nll, moves / 4), opening),
            Adapted = new PolicyScore(new MoveScore(moves, moves * adaptedNll, moves / 2), opening),
            AdapterBytes = bytes,
            PayloadBytes = 900,
            TrainingTime = TimeSpan.FromSeconds(seconds),
            Training = new TrainingSummary(),
        };
    }
}
