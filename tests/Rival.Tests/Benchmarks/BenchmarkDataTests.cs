using LoraEdge.Benchmarks;
using LoraEdge.Benchmarks.Personalization;
using NUnit.Framework;
using Rival.BaseModel;
using Rival.Chess;
using Rival.Tests.BaseModel;

namespace Rival.Tests.Benchmarks;

/// <summary>Whom a benchmark tests on: everybody in the folder that was given, and nobody whom the base model knows.</summary>
public sealed class BenchmarkDataTests
{
    private static readonly string s_known = InventedNames.Of(PlayerRole.Base);
    private static readonly string s_heldOut = InventedNames.Of(PlayerRole.HeldOut);

    private Scratch _scratch = null!;
    private string _shared = "";
    private string _given = "";

    [SetUp]
    public void Prepare()
    {
        _scratch = new Scratch();
        _shared = Directory.CreateDirectory(_scratch.At("shared")).FullName;
        _given = Directory.CreateDirectory(_scratch.At("given")).FullName;
        Directory.CreateDirectory(_scratch.At("shared/chess"));
        foreach (string player in new[] { s_known, s_heldOut })
            _scratch.Write($"shared/chess/{player}.pgn", "");
    }

    [TearDown]
    public void Remove() => _scratch.Dispose();

    [Test]
    public void TestFiles_WithoutAFolderGiven_AreTheHeldOutPlayers() => Assert.That(Players(null), Is.EqualTo(new[] { s_heldOut }));

    [Test]
    public void TestFiles_OfAFolderGiven_AreAllInIt()
    {
        Directory.CreateDirectory(_scratch.At("given/chess"));
        _scratch.Write($"given/chess/{s_known}.pgn", "");
        Assert.That(Players(_given), Is.EqualTo(new[] { s_known }));
    }

    [Test]
    public void TestFiles_OfAFolderGivenWithoutChess_AreTheSharedHeldOutPlayers() => Assert.That(Players(_given), Is.EqualTo(new[] { s_heldOut }));

    [Test]
    public void TestFiles_OfTheSharedFolderGiven_AreItsHeldOutPlayers() => Assert.That(Players(_shared + "/"), Is.EqualTo(new[] { s_heldOut }));

    [Test]
    public void TestFiles_OfAFolderWithNobody_AreRefusedByName()
    {
        string chess = Directory.CreateDirectory(_scratch.At("given/chess")).FullName;
        Assert.That(() => Players(_given), Throws.TypeOf<PgnException>().With.Message.Contains(chess));
    }

    [Test]
    public void AFolderGivenThatDoesNotExist_IsRefusedByName() =>
        Assert.That(() => Players(_scratch.At("nowhere")), Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains("nowhere"));

    private string[] Players(string? given) =>
        [.. PersonalizationBenchmark.TestFiles(new BenchmarkRun(new BenchmarkData(given, _shared), Full: false, JsonOnly: true)).Select(file => Path.GetFileNameWithoutExtension(file))];
}
