using NUnit.Framework;
using Rival.Adaptation;
using Rival.Chess;

namespace Rival.Tests.Adaptation;

public sealed class PlayerSourceTests
{
    private readonly Scratch _scratch = new();
    private readonly List<PgnException> _passedOver = [];

    [SetUp]
    public void StartAfresh() => _passedOver.Clear();

    [OneTimeTearDown]
    public void Remove() => _scratch.Dispose();

    [Test]
    public void Logs_OfAFile_AreOfThePlayerMostGamesShare()
    {
        string path = _scratch.Write("dominant.pgn", Playouts.Pgn("Tal, Mihail", 12, 12, seed: 1) + Playouts.Pgn("Nobody, Else", 5, 12, seed: 2));
        PlayerLog log = Read(path).Single();
        Assert.That((log.Name, log.GameCount), Is.EqualTo(("Tal", 12)));
    }

    [TestCase("nobody")]
    [TestCase("Nobody, Else")]
    [TestCase("NOBODY")]
    public void Logs_OfANamedPlayer_AreThatPlayersGamesOnBothSides(string name)
    {
        string path = _scratch.Write("named.pgn", Playouts.Pgn("Tal, Mihail", 30, 12, seed: 1) + Playouts.Pgn("Nobody, Else", 14, 12, seed: 2));
        PlayerLog log = Read(path, name).Single();
        Assert.That(log.GameCount, Is.EqualTo(14));
        Assert.That(log.Test.Select(game => game.Side), Has.Some.EqualTo(Side.White).And.Some.EqualTo(Side.Black));
    }

    [Test]
    public void Logs_OfAHandleWithSeveralWords_FindsItAsItIsWritten()
    {
        string path = _scratch.Write("particle.pgn", Playouts.Pgn("John van der Wiel", 12, 12, seed: 3));
        Assert.That(Read(path, "van der Wiel").Single().GameCount, Is.EqualTo(12));
        Assert.That(Read(path, "John van der Wiel").Single().GameCount, Is.EqualTo(12));
    }

    [Test]
    public void Logs_OfAPlayerWhoIsNotThere_NamesTheFileAndWhoIs()
    {
        string path = _scratch.Write("other.pgn", Playouts.Pgn("Tal, Mihail", 12, 12, seed: 1));
        Assert.That(() => Read(path, "Fischer"), Throws.TypeOf<PgnException>().With.Message.Contains(path).And.Message.Contains("'Fischer'").And.Message.Contains("'Tal'"));
    }

    [Test]
    public void Logs_OfGamesWithoutNames_AreRefused()
    {
        string nameless = _scratch.Write("nameless.pgn", "1. e4 e5 2. Nf3 *\n\n1. d4 d5 *\n\n");
        Assert.That(() => Read(nameless), Throws.TypeOf<PgnException>().With.Message.Contains("name no player"));
    }

    [Test]
    public void Logs_OfADirectory_HasAPlayerPerFileAndPassesOverTheRest()
    {
        string folder = Directory.CreateDirectory(_scratch.At("players")).FullName;
        File.WriteAllText(Path.Combine(folder, "Tal.pgn"), Playouts.Pgn("Tal, Mihail", 12, 12, seed: 1));
        File.WriteAllText(Path.Combine(folder, "TalB.pgn"), Playouts.Pgn("Tal, B", 11, 12, seed: 2));
        File.WriteAllText(Path.Combine(folder, "Few.pgn"), Playouts.Pgn("Few, A", 4, 12, seed: 3));
        File.WriteAllBytes(Path.Combine(folder, "Broken.pgn"), [0, 1, 2, 0, 0, 255]);
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "no games");
        Assert.That(Read(folder).Select(log => (log.Name, log.GameCount)), Is.EqualTo(new[] { ("Tal", 12), ("TalB", 11) }));
        Assert.That(_passedOver.Select(problem => Path.GetFileName(problem.Path)), Is.EqualTo(new[] { "Broken.pgn", "Few.pgn" }));
        Assert.That(() => Read(folder, "Fischer"), Throws.TypeOf<PgnException>().With.Message.Contains("'Fischer'"));
    }

    [Test]
    public void Logs_OfADirectoryWithNothingUsable_TellsTheFirstReason()
    {
        string folder = Directory.CreateDirectory(_scratch.At("unusable")).FullName;
        File.WriteAllText(Path.Combine(folder, "Few.pgn"), Playouts.Pgn("Few, A", 4, 12, seed: 3));
        Assert.That(() => Read(folder), Throws.TypeOf<PgnException>().With.Message.Contains("4 games of 'Few'"));
    }

    private PlayerLog[] Read(string path, string? player = null) => [.. PlayerSource.Logs(path, player, 4000, _passedOver.Add)];
}
