using LoraEdge;
using LoraEdge.Onnx;
using NUnit.Framework;
using Rival.BaseModel;

namespace Rival.Tests.BaseModel;

/// <summary>A second of training on random games of two base players, measured on those of a held-out one.</summary>
public sealed class BaseTrainerTests
{
    private const string CommonStage = "positions of everybody's games alike";
    private const string PeopleStage = "own moves of one player";

    private readonly Scratch _scratch = new();
    private readonly List<string> _reports = [];
    private BaseTrainingOptions _options = new("", "", 0);

    [OneTimeSetUp]
    public void Train()
    {
        string games = Directory.CreateDirectory(_scratch.At("games")).FullName;
        foreach (string player in InventedNames.Of(PlayerRole.Base, 2).Append(InventedNames.Of(PlayerRole.HeldOut)))
            _scratch.Write($"games/{player}.pgn", Playouts.Pgn($"{player}, A", 110, 12, seed: int.Parse(player["Player".Length..])));
        _options = new BaseTrainingOptions(games, _scratch.At("first.onnx"), Minutes: 0.02) { BatchSize = 16, Threads = 1 };
        new BaseTrainer(_options, _reports.Add).Run();
    }

    [OneTimeTearDown]
    public void Remove() => _scratch.Dispose();

    [Test]
    public void Run_ToTheEnd_WritesAModelThatHasLearned() =>
        Assert.That(OnnxModel.Load(_options.Output).Fingerprint, Is.Not.EqualTo(PolicyNetwork.Create(_options.Seed).Fingerprint));

    [Test]
    public void Run_ToTheEnd_WritesAProjectionThatFitsTheModel()
    {
        OnnxModel model = OnnxModel.Load(_options.Output);
        CalibratedProjection projection = CalibratedProjection.Load(_scratch.At("first.projection"));
        Assert.That(projection.Model, Is.EqualTo(model.Fingerprint));
        Assert.That(projection.InitializerIndices, Is.EquivalentTo(AdaptableLayers.Find(model.Graph).Layers.Select(layer => layer.InitializerIndex)));
    }

    [Test]
    public void Run_ToTheEnd_WritesACardThatNamesTheModelAndBothStages()
    {
        string card = File.ReadAllText(_scratch.At("first.md"));
        Assert.That(card, Does.Contain($"{OnnxModel.Load(_options.Output).Fingerprint}").And.Contain($"{CommonStage} (").And.Contain($"{PeopleStage} ("));
        Assert.That(card, Does.Contain("217 distinct games").And.Contain("each of 2 base players").And.Contain("11 games (one in 10) of 1 players"));
        Assert.That(_reports, Has.Some.EqualTo(card).And.None.Contains("resumed"));
    }

    [Test]
    public void Run_WithACheckpointOfTheEnd_ResumesAndWritesTheSameAgain()
    {
        BaseTrainingOptions again = _options with { Output = _scratch.At("again.onnx") };
        File.Copy(_options.Output + ".checkpoint", again.Output + ".checkpoint");
        List<string> reports = [];
        new BaseTrainer(again, reports.Add).Run();
        Assert.That(reports, Has.Some.StartsWith("resumed after").And.None.Contains("common steps"));
        Assert.That(OnnxModel.Load(again.Output).Fingerprint, Is.EqualTo(OnnxModel.Load(_options.Output).Fingerprint));
        Assert.That(File.ReadAllText(_scratch.At("again.md")), Is.EqualTo(File.ReadAllText(_scratch.At("first.md")).Replace("first.onnx", "again.onnx")));
    }

    [Test]
    public void Run_InterruptedBetweenTheStages_GoesOnWithTheSecond()
    {
        BaseTrainingOptions interrupted = _options with { Output = _scratch.At("interrupted.onnx") };
        string last = "";
        void StopAfterTheFirst(string line)
        {
            last = line;
            if (line.Contains("common steps"))
                throw new OperationCanceledException();
        }

        Assert.That(() => new BaseTrainer(interrupted, StopAfterTheFirst).Run(), Throws.TypeOf<OperationCanceledException>());
        Assert.That(File.Exists(interrupted.Output), Is.False);
        List<string> reports = [];
        new BaseTrainer(interrupted, reports.Add).Run();
        Assert.That(reports, Has.Some.StartsWith("resumed after").And.Some.EqualTo(last).And.Some.Contains("people steps"));
        Assert.That(File.ReadAllText(_scratch.At("interrupted.md")), Does.Contain(CommonStage).And.Contain(PeopleStage));
    }
}
