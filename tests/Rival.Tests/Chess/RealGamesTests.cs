using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

/// <summary>Real files from <c>LORAEDGE_DATA</c>, or <c>../shared/data</c> beside the repository.</summary>
public sealed class RealGamesTests
{
    [TestCase("Tal.pgn.gz", "Tal")]
    [TestCase("Carlsen.pgn.gz", "Carlsen")]
    [TestCase("Ding.pgn.gz", "Ding")]
    public void Load_OfARealFile_ReadsNearlyEveryGame(string name, string player)
    {
        GameFile file = GameFile.Load(Locate(name));
        Assert.That(file.GamesSkipped, Is.LessThanOrEqualTo(file.Games.Count / 100), string.Join('\n', file.FirstSkips));
        Assert.That(file.Player, Is.EqualTo(player));
        Assert.That(file.Games.Count(game => file.SideOfPlayer(game) is not null), Is.GreaterThan(file.Games.Count * 99 / 100));
    }

    [Test]
    public void Format_OverARealFile_GivesBackItsMoves()
    {
        foreach (PgnGame game in GameFile.Load(Locate("Tal.pgn.gz")).Games.Take(300))
            AssertFormatsBack(game);
    }

    private static void AssertFormatsBack(PgnGame game)
    {
        Position position = game.StartPosition;
        foreach (Move move in game.Moves)
        {
            string san = San.Format(position, move);
            if (!San.TryParse(position, san, out Move read) || read != move)
                Assert.Fail($"{san} of {position.ToFen()} became {read}");
            position.Play(move);
        }
    }

    private static string Locate(string name)
    {
        string data = Environment.GetEnvironmentVariable("LORAEDGE_DATA")
            ?? Path.Combine(RepositoryRoot(), "..", "shared", "data");
        string path = Path.GetFullPath(Path.Combine(data, "chess", name));
        if (!File.Exists(path))
            Assert.Ignore($"No such file: {path}");
        return path;
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? at = new(TestContext.CurrentContext.TestDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "LoraEdge.sln")) && !File.Exists(Path.Combine(at.FullName, "global.json")))
            at = at.Parent;
        return at?.FullName ?? TestContext.CurrentContext.TestDirectory;
    }
}
