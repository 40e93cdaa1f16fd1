using System.Text;
using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

public sealed class PgnLimitsTests
{
    private const string Shuffle = "Nf3 Nf6 Ng1 Ng8 ";

    [Test]
    public void ReadGames_OfAThousandPlies_ReadsThem() =>
        Assert.That(Pgn.ReadOne(Repeat(Shuffle, 250) + "*").Moves, Has.Length.EqualTo(1000));

    [Test]
    public void ReadGames_OfMorePlies_SkipsTheGame() =>
        AssertSkipped(Repeat(Shuffle, 250) + "e4 *", "the game has more than 1000 plies");

    [Test]
    public void ReadGames_OfAnEndlessComment_SkipsTheGame() =>
        AssertSkipped("1. e4 {" + new string('x', 2 << 20) + "} e5 *", "the game has more than 1 MB of text");

    [Test]
    public void ReadGames_OfAnEndlessVariation_SkipsTheGame() =>
        AssertSkipped("1. e4 " + new string('(', 2 << 20) + " e5 *", "the game has more than 1 MB of text");

    [Test]
    public void ReadGames_OfAnEndlessWord_SkipsTheGame() =>
        AssertSkipped("1. e4 " + new string('x', 2 << 20), "a word of more than 32 characters");

    [Test]
    public void ReadGames_OfAnEndlessTagValue_SkipsTheGame() =>
        AssertSkipped("[Site \"" + new string('x', 2 << 20) + "\"]\n\n1. e4 *", "a tag value has more than 64 KB");

    [Test]
    public void ReadGames_OfEndlessTags_SkipsTheGame() =>
        AssertSkipped(Repeat("[Site \"x\"]\n", 200_000) + "\n1. e4 *", "the game has more than 1 MB of text", atLeast: 1);

    [Test]
    public void ReadGames_OfManyGamesWithLongComments_CountsEachOnItsOwn()
    {
        string game = "[Event \"A\"]\n\n1. e4 {" + new string('x', 1 << 19) + "} e5 *\n\n";
        Assert.That(Pgn.Read(Repeat(game, 5), out _), Has.Count.EqualTo(5));
    }

    [Test]
    public void ReadGames_OfRandomBytes_EndsWithoutAGame()
    {
        var garbage = new byte[4 << 20];
        new Random(3).NextBytes(garbage);
        Assert.That(Pgn.Read(garbage, out PgnReader reader), Is.Empty);
        Assert.That(reader.GamesSkipped, Is.Positive);
    }

    [Test]
    public void ReadGames_WithRandomBytesReplaced_NeverFails()
    {
        var random = new Random(11);
        byte[] text = Encoding.UTF8.GetBytes(Repeat(Pgn.Short, 20));
        for (int round = 0; round < 300; round++)
        {
            byte[] spoiled = [.. text];
            for (int n = 0; n < 10; n++)
                spoiled[random.Next(spoiled.Length)] = (byte)random.Next(256);
            Assert.That(() => Pgn.Read(spoiled, out _), Throws.Nothing);
        }
    }

    private static void AssertSkipped(string broken, string reason, int atLeast = 0)
    {
        List<PgnGame> games = Pgn.Read("[Event \"B\"]\n" + broken + "\n\n" + Pgn.Short, out PgnReader reader);
        Assert.That(games[^1].White, Is.EqualTo("Tal, Mihail"));
        Assert.That(reader.FirstSkips[0].Reason, Is.EqualTo(reason));
        Assert.That(reader.GamesSkipped, atLeast > 0 ? Is.AtLeast(atLeast) : Is.EqualTo(1));
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
