using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

/// <summary>One broken game between two good ones: the broken one is counted, the good ones are read.</summary>
public sealed class PgnDamageTests
{
    [TestCase("1. e4 e5 2. Ke3 Nc6 3. d4 1-0", "line 11: 'Ke3' is no legal move at ply 3")]
    [TestCase("1. e4 -- 2. d4 1-0", "line 11: '--' is no legal move at ply 2")]
    [TestCase("1. e4 Z0 2. d4 1-0", "line 11: 'Z0' is no legal move at ply 2")]
    [TestCase("1. e4 e5 [%eval 0.3] 2. d4 1-0", "line 11: '[' among the moves")]
    [TestCase("1. e4 \"e5\" 2. d4 1-0", "line 11: unreadable byte 0x22")]
    [TestCase("1. e4 e5 { never closed\n2. Nf3 1-0\n", "line 15: the comment of line 11 is never closed")]
    [TestCase("1. e4 e5 (1... c5 (1... c6)\n2. Nf3 1-0\n", "line 15: the variation of line 11 is never closed")]
    [TestCase("[Variant \"Chess960\"]\n\n1. e4 1-0", "line 13: the variant 'Chess960' is not supported")]
    [TestCase("[FEN \"rubbish\"]\n\n1. e4 1-0", "line 13: the FEN tag: a FEN has four to six fields")]
    [TestCase("[FEN \"4k3/8/8/8/8/8/8/5K1R w H - 0 1\"]\n\n1. O-O 1-0", "line 13: the FEN tag: castling rights are '-' or letters of 'KQkq' (Chess960 is not supported), not 'H'")]
    [TestCase("1-0", "line 11: the game has no moves")]
    [TestCase("", "line 13: the game has no moves")]
    public void ReadGames_AroundABrokenGame_ReadsTheOthersAndSaysWhy(string broken, string skip)
    {
        string text = Pgn.Short + "[Event \"B\"]\n[White \"X\"]\n\n" + broken + "\n\n" + Pgn.Short;
        List<PgnGame> games = Pgn.Read(text, out PgnReader reader);
        Assert.That(games.Select(game => game.Tags["Event"]), Is.EqualTo(new[] { "A", "A" }));
        Assert.That((reader.GamesRead, reader.GamesSkipped), Is.EqualTo((2, 1)));
        Assert.That(reader.FirstSkips.Single().ToString(), Is.EqualTo(skip));
    }

    [TestCase("1. e4 e5 2. Nf3", 1, Description = "the whole moves count")]
    [TestCase("1. e4 e5 2. Nf", 0, Description = "half a move spoils the game")]
    [TestCase("1. e4 e5 { cut", 1)]
    [TestCase("1. e4 e5 ( 1... c", 1)]
    [TestCase("", 0)]
    public void ReadGames_OfAFileThatIsCutOff_KeepsWhatIsWhole(string moves, int readable)
    {
        List<PgnGame> games = Pgn.Read(Pgn.Short + "[Event \"B\"]\n\n" + moves, out PgnReader reader);
        Assert.That(games, Has.Count.EqualTo(1 + readable));
        Assert.That(reader.GamesSkipped, Is.EqualTo(1 - readable));
    }

    [Test]
    public void ReadGames_AtEveryPlaceOfACut_ReadsTheGameBefore()
    {
        string text = Pgn.Short + Pgn.Short;
        for (int length = Pgn.Short.Length; length <= text.Length; length++)
            Assert.That(Pgn.Read(text[..length], out _), Is.Not.Empty, $"cut at {length}");
    }

    [Test]
    public void FirstSkips_OfManyBrokenGames_KeepsTheFirstFew()
    {
        string text = string.Concat(Enumerable.Repeat("[Event \"B\"]\n\n1. e5 *\n\n", 100));
        Assert.That(Pgn.Read(text, out PgnReader reader), Is.Empty);
        Assert.That(reader.GamesSkipped, Is.EqualTo(100));
        Assert.That(reader.FirstSkips, Has.Count.EqualTo(PgnReader.MostSkipsKept));
    }

    [Test]
    public void ReadGames_BehindALineWithoutAValue_StillReadsTheGame() =>
        Assert.That(Pgn.ReadOne("[Event]\n[White \"Tal\"]\n[]\n\n1. e4 *").White, Is.EqualTo("Tal"));
}
