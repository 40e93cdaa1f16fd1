using System.Text;
using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

public sealed class PgnCollectionTests
{
    private string _directory = "";

    [SetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("rival-pgn-").FullName;

    [TearDown]
    public void DeleteDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void Load_OfAFile_GivesItsGames()
    {
        PgnCollection collection = PgnCollection.Load(Write("any.name", Pgn.Short + Pgn.Short));
        Assert.That((collection.GamesRead, collection.GamesSkipped, collection.Files.Count), Is.EqualTo((2, 0, 1)));
        Assert.That(collection.Files[0].Player, Is.EqualTo("NN").Or.EqualTo("Tal"));
    }

    [Test]
    public void Load_OfADirectory_TakesItsFilesInOrdinalOrder()
    {
        foreach (string name in (string[])["b.pgn", "a.PGN", "B.pgn.gz", "notes.txt"])
            Write(name, Pgn.Short);
        PgnCollection collection = PgnCollection.Load(_directory);
        Assert.That(collection.Files.Select(file => Path.GetFileName(file.Path)), Is.EqualTo(new[] { "B.pgn.gz", "a.PGN", "b.pgn" }));
    }

    [Test]
    public void Load_OfADirectoryWithAnEmptyFile_NotesItAndReadsTheRest()
    {
        Write("a.pgn", "");
        Write("b.pgn", Pgn.Short);
        PgnCollection collection = PgnCollection.Load(_directory);
        Assert.That(collection.GamesRead, Is.EqualTo(1));
        Assert.That(collection.UnreadableFiles.Single().Message, Does.Contain("a.pgn").And.Contain("empty"));
    }

    [Test]
    public void Load_OfAMissingPath_SaysSo() => AssertFails(Path.Combine(_directory, "none.pgn"), "neither a file nor a directory");

    [Test]
    public void Load_OfADirectoryWithoutPgn_SaysSo() => AssertFails(_directory, "holds no *.pgn");

    [TestCase("", "is empty")]
    [TestCase("\n", "no chess game")]
    [TestCase("Dear diary, today I played e4.", "1 unreadable games, the first at line 1: 'Dear' is no legal move at ply 1")]
    [TestCase("PK\u0003\u0004rest", "a zip archive")]
    [TestCase("MZ\0\0\0\u0001", "binary data")]
    public void Load_OfAFileWithoutGames_SaysWhatItIs(string content, string found) => AssertFails(Write("x.pgn", content), found);

    [Test]
    public void Load_OfUtf16_SaysWhatItIs()
    {
        string path = Path.Combine(_directory, "x.pgn");
        File.WriteAllText(path, Pgn.Short, Encoding.Unicode);
        AssertFails(path, "UTF-16");
    }

    [Test]
    public void Load_OfADirectoryOfRubbish_NamesTheFirstFile()
    {
        Write("a.pgn", "");
        Write("b.pgn", "rubbish");
        AssertFails(_directory, "None of the 2 PGN files");
    }

    private static void AssertFails(string path, string found) =>
        Assert.That(
            () => PgnCollection.Load(path),
            Throws.TypeOf<PgnException>().With.Property("Path").EqualTo(path).And.Message.Contains(path).And.Message.Contains(found));

    private string Write(string name, string content)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, content);
        return path;
    }
}
