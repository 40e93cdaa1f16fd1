using System.Text.Json;
using LoraEdge;
using NUnit.Framework;

namespace Rival.Tests.Commands;

public sealed class AdaptCommandTests
{
    private readonly Scratch _scratch = new();
    private string _model = "";
    private string _games = "";

    [OneTimeSetUp]
    public void Prepare()
    {
        _model = _scratch.Network("random.onnx", seed: 1);
        _games = Directory.CreateDirectory(_scratch.At("games")).FullName;
        _scratch.Write("games/Tal.pgn", Playouts.Pgn("Tal, Mihail", 15, 30, seed: 1) + "[Event \"Broken\"]\n\n1. e5 *\n\n");
        _scratch.Write("games/Few.pgn", Playouts.Pgn("Few, A", 3, 30, seed: 2));
        _scratch.Write("games/Petrosian.pgn", Playouts.Pgn("Petrosian, Tigran", 20, 30, seed: 3));
    }

    [OneTimeTearDown]
    public void Remove() => _scratch.Dispose();

    [Test]
    public void Adapt_ToADirectoryWithJson_PrintsOneObjectAndKeepsTheAdapters()
    {
        (int exitCode, string[] output, string[] error) = RivalProcess.Run([.. Order(_games, "directory"), "--json"]);
        Assert.That(exitCode, Is.Zero, string.Join('\n', error));
        Assert.That(output, Has.Length.EqualTo(1));
        using JsonDocument json = JsonDocument.Parse(output[0]);
        JsonElement root = json.RootElement;
        Assert.That(root.GetProperty("players").GetInt32(), Is.EqualTo(2));
        Assert.That(root.GetProperty("games").GetInt32(), Is.EqualTo(35));
        Assert.That(root.GetProperty("testMoves").GetInt32(), Is.EqualTo((3 + 4) * 15));
        foreach (string score in new[] { "base", "adapted" })
            foreach (string figure in new[] { "nll", "accuracy", "openingNll", "openingAccuracy" })
                Assert.That(root.GetProperty(score).GetProperty(figure).GetDouble(), Is.InRange(0, 6));
        Assert.That(root.GetProperty("helpedShare").GetDouble(), Is.InRange(0, 1));
        Assert.That(root.GetProperty("trainSeconds").GetProperty("median").GetDouble(), Is.Positive);
        Assert.That(error, Has.Some.Contains("passed over").And.Some.Contains("Few"));
        Assert.That(error, Has.Some.Contains("left out 1 of 16 games").And.Some.Contains("'e5' is no legal move"));
        AssertStored(_scratch.At("directory"), root);
        AssertSameAlone();
    }

    /// <summary>One of the players again, alone and without --json: the object is on the last line, and the adapter has the same bytes.</summary>
    private void AssertSameAlone()
    {
        string[] output = RivalProcess.Run(Order(Path.Combine(_games, "Tal.pgn"), "file")).Output;
        Assert.That(output[0], Does.Contain("top-1 base"));
        using JsonDocument json = JsonDocument.Parse(output[^1]);
        Assert.That(json.RootElement.GetProperty("seed").GetUInt64(), Is.EqualTo(5));
        byte[] alone = File.ReadAllBytes(Directory.GetFiles(_scratch.At("file"), "*", SearchOption.AllDirectories).Single());
        Assert.That(Directory.GetFiles(_scratch.At("directory"), "*", SearchOption.AllDirectories).Select(File.ReadAllBytes), Has.Some.EqualTo(alone));
    }

    [TestCase("lora", "2")]
    [TestCase("full", "1")]
    public void Adapt_WithAnotherMethod_ReportsIt(string method, string rank)
    {
        (int exitCode, string[] output, string[] error) = RivalProcess.Run(
            "adapt", "--games", Path.Combine(_games, "Tal.pgn"), "--model", _model, "--max-moves", "60", "--json", "--method", method, "--rank", rank, "--learning-rate", "0.001");
        Assert.That(exitCode, Is.Zero, string.Join('\n', error));
        using JsonDocument json = JsonDocument.Parse(output[0]);
        Assert.That(json.RootElement.GetProperty("method").GetString(), Is.EqualTo(method));
        Assert.That(json.RootElement.GetProperty("learningRate").GetDouble(), Is.EqualTo(0.001));
        Assert.That(json.RootElement.GetProperty("payloadBytes").GetInt64(), Is.LessThanOrEqualTo(json.RootElement.GetProperty("adapterBytes").GetProperty("max").GetDouble()));
    }

    [Test]
    public void Adapt_ToARealPlayer_ReportsTheFrozenModelAboveChance()
    {
        string path = TestData.Require("chess/Levenfish.pgn.gz");
        (int exitCode, string[] output, string[] error) = RivalProcess.Run("adapt", "--games", path, "--max-moves", "200", "--json");
        Assert.That(exitCode, Is.Zero, string.Join('\n', error));
        using JsonDocument json = JsonDocument.Parse(output[0]);
        Assert.That(json.RootElement.GetProperty("base").GetProperty("accuracy").GetDouble(), Is.GreaterThan(0.25));
        Assert.That(json.RootElement.GetProperty("base").GetProperty("openingAccuracy").GetDouble(), Is.GreaterThan(0.3));
    }

    private static void AssertStored(string store, JsonElement root)
    {
        string[] files = Directory.GetFiles(store, "*", SearchOption.AllDirectories);
        Assert.That(files, Has.Length.EqualTo(2));
        Assert.That(files.Max(file => new FileInfo(file).Length), Is.EqualTo(root.GetProperty("adapterBytes").GetProperty("max").GetDouble()));
        long payload = AdapterFile.Load(files[0]).Targets.Sum(target => 2L * target.B.Length);
        Assert.That(root.GetProperty("payloadBytes").GetInt64(), Is.EqualTo(payload));
    }

    private string[] Order(string games, string store) =>
        ["adapt", "--games", games, "--model", _model, "--max-moves", "100", "--seed", "5", "--out", _scratch.At(store)];
}
