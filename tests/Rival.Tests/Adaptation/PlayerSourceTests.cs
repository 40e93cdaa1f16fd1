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

    [Test]
    public void Logs_OfFilesWithDotsInTheirNames_KeepThem()
    {
        string folder = Directory.CreateDirectory(_scratch.At("dots")).FullName;
        File.WriteAllText(Path.Combine(folder, "J.Polgar.pgn"), Playouts.Pgn("Polgar, Judit", 12, 12, seed: 1));
        File.WriteAllText(Path.Combine(folder, "J.Smith.PGN"), Playouts.Pgn("Smith, John", 12, 12, seed: 2));
        Assert.That(Read(folder).Select(log => log.Name), Is.EqualTo(new[] { "J.Polgar", "J.Smith" }));
    }

    [Test]
    public void Logs_OfTwoFilesOfOneName_AreRefusedWithBoth()
    {
        string folder = Directory.CreateDirectory(_scratch.At("namesakes")).FullName;
        foreach (string name in new[] { "Tal.pgn", "Tal.pgn.gz" })
            File.WriteAllText(Path.Combine(folder, name), Playouts.Pgn("Tal, Mihail", 12, 12, seed: 1));
        Assert.That(() => Read(folder), Throws.TypeOf<PgnException>().With.Message.Contains("Tal.pgn'").And.Message.Contains("Tal.pgn.gz'"));
    }

    [TestCase("Tal", "Tal")]
    [TestCase("mihail tal", "tal")]
    [TestCase("Tal, Mihail", "Tal, Mihail")]
    public void Logs_OfANamedPlayerInADirectory_AreThatPlayersGamesInAllFilesOnceEach(string name, string found)
    {
        string folder = Directory.CreateDirectory(_scratch.At("mixed")).FullName;
        string shared = Playouts.Pgn("Tal, Mihail", 4, 12, seed: 5);
        File.WriteAllText(Path.Combine(folder, "A.pgn"), Playouts.Pgn("Petrosian, Tigran", 20, 12, seed: 1) + shared);
        File.WriteAllText(Path.Combine(folder, "B.pgn"), Playouts.Pgn("Tal, Mihail", 12, 12, seed: 2) + shared);
        File.WriteAllText(Path.Combine(folder, "C.pgn"), "rubbish");
        PlayerLog log = Read(folder, name).Single();
        Assert.That((log.Name, log.GameCount), Is.EqualTo((found, 16)));
        Assert.That(_passedOver.Select(problem => Path.GetFileName(problem.Path)), Is.EqualTo(new[] { "C.pgn" }));
    }

    [Test]
    public void Logs_OfFilesWithBrokenGames_TellEachFileThatWasRead()
    {
        string path = _scratch.Write("broken.pgn", Playouts.Pgn("Tal, Mihail", 12, 12, seed: 1) + "[Event \"B\"]\n\n1. e5 *\n\n");
        List<GameFile> read = [];
        Assert.That(PlayerSource.Logs(path, null, 4000, _passedOver.Add, read.Add).Single().GameCount, Is.EqualTo(12));
        Assert.That(read.Single() is { GamesSkipped: 1, Games.Count: 12 });
    }

    private PlayerLog[] Read(string path, string? player = null) => [.. PlayerSource.Logs(path, player, 4000, _passedOver.Add)];
}
