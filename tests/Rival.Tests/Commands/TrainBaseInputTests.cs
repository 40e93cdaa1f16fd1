using NUnit.Framework;
using Rival.BaseModel;
using Rival.Tests.BaseModel;

namespace Rival.Tests.Commands;

/// <summary>What <c>train-base</c> cannot use is told before hours of training, in one line that names it.</summary>
public sealed class TrainBaseInputTests
{
    private readonly Scratch _scratch = new();
    private string _games = "";

    [OneTimeSetUp]
    public void Prepare()
    {
        _games = Directory.CreateDirectory(_scratch.At("games")).FullName;
        string player = InventedNames.Of(PlayerRole.Base);
        _scratch.Write($"games/{player}.pgn", Playouts.Pgn($"{player}, A", 30, 12, seed: 1));
    }

    [OneTimeTearDown]
    public void Remove() => _scratch.Dispose();

    [TestCase("--minutes", "0")]
    [TestCase("--minutes", "-1")]
    [TestCase("--minutes", "nan")]
    [TestCase("--minutes", "infinity")]
    [TestCase("--learning-rate", "0")]
    [TestCase("--learning-rate", "nan")]
    [TestCase("--start-from", "")]
    public void BadOption_IsNamed(string option, string value) => AssertRefused(_games, "model.onnx", [option, value], option);

    [Test]
    public void EmptyGames_AreNamed() => AssertRefused("", "model.onnx", [], "--games", "is empty");

    [Test]
    public void OutputInAMissingFolder_IsNamed() => AssertRefused(_games, "nowhere/model.onnx", [], "--out", "nowhere");

    [Test]
    public void OutputThatIsAFolder_IsNamed() => AssertRefused(_games, "games", [], "--out", "is a folder");

    [Test]
    public void GamesOfReservedPlayersOnly_AreRefused()
    {
        Directory.CreateDirectory(_scratch.At("reserved"));
        foreach (string player in new[] { InventedNames.Of(PlayerRole.HeldOut), InventedNames.Of(PlayerRole.Tuning) })
            _scratch.Write($"reserved/{player}.pgn", Playouts.Pgn($"{player}, A", 12, 12, seed: 2));
        AssertRefused(_scratch.At("reserved"), "model.onnx", [], "reserved", "held out");
    }

    [Test]
    public void GamesOfNobodyWithMany_AreRefused() => AssertRefused(_games, "model.onnx", [], _games, "100 games");

    [Test]
    public void DamagedCheckpoint_IsNamed()
    {
        _scratch.Write("damaged.onnx.checkpoint", [.. Enumerable.Repeat((byte)0xFF, 200)]);
        AssertRefused(_games, "damaged.onnx", [], "damaged.onnx.checkpoint", "Delete it");
    }

    private void AssertRefused(string games, string output, string[] more, params string[] mentions) =>
        UnusableInputTests.AssertRefused(_scratch, ["train-base", "--games", games, "--out", _scratch.At(output), .. more], mentions);
}
