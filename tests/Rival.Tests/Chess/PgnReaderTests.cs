using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

public sealed class PgnReaderTests
{
    private const string Expected = "e2e4 e7e5 g1f3 b8c6";

    [TestCase("1. e4 e5 2. Nf3 Nc6 1-0")]
    [TestCase("1.e4 e5 2.Nf3 Nc6 1-0")]
    [TestCase("1. e4 1... e5 2. Nf3 2... Nc6 1-0")]
    [TestCase("1.e4 1...e5 2 Nf3 Nc6 1-0")]
    [TestCase("e4 e5 Nf3 Nc6 1-0")]
    [TestCase("1. e4\r\ne5\r\n2.\r\nNf3 Nc6\r\n1-0\r\n")]
    [TestCase("1. e4\re5\r2. Nf3 Nc6\r1-0\r")]
    [TestCase("1. e4 {best by test} e5 {[%clk 0:01:00]} 2. Nf3 Nc6 1-0")]
    [TestCase("1. e4 {a (b $1 ; [c \"d\"]\n[not a tag] 1-0} e5 2. Nf3 Nc6 1-0")]
    [TestCase("1. e4 ; the rest (of the { line\ne5 2. Nf3 Nc6 1-0")]
    [TestCase("1. e4 e5\n% 2. d4 illegal { (\n2. Nf3 Nc6 1-0")]
    [TestCase("1. e4 (1. d4 d5 (1... Nf6 {)} 2. c4) 2. c4) e5 ( 1... c5 ; )\n) 2. Nf3 Nc6 1-0")]
    [TestCase("1. e4 $1 e5$2 2. Nf3 $12 $140 Nc6 1-0")]
    [TestCase("1. e4! e5?? 2. Nf3 !? Nc6 +- 1-0")]
    [TestCase("1. e4 e5 2. Nf3 Nc6", Description = "no result")]
    [TestCase("1. e4 e5 2. Nf3 Nc6 1-0\0\0\0\u001a", Description = "padding and the end mark of DOS")]
    public void ReadGames_OfOneGameInManySpellings_FindsTheSameMoves(string moves)
    {
        PgnGame game = Pgn.ReadOne("[Result \"1-0\"]\n\n" + moves);
        Assert.That(Pgn.Line(game), Is.EqualTo(Expected));
        Assert.That(game.Result, Is.EqualTo("1-0"));
    }

    [TestCase("1. e4 1-0", "1-0")]
    [TestCase("1. e4 0-1", "0-1")]
    [TestCase("1. e4 1/2-1/2", "1/2-1/2")]
    [TestCase("1. e4 1/2", "1/2-1/2")]
    [TestCase("1. e4 *", "*")]
    [TestCase("1. e4", "*")]
    [TestCase("[Result \"0-1\"]\n1. e4", "0-1")]
    [TestCase("[Result \"0-1\"]\n1. e4 *", "0-1")]
    [TestCase("[Result \"whatever\"]\n1. e4", "*")]
    public void Result_WrittenOrMissing_IsOneOfTheFour(string text, string result) =>
        Assert.That(Pgn.ReadOne(text).Result, Is.EqualTo(result));

    [Test]
    public void Tags_OfAGame_AreFoundInAnyCase()
    {
        PgnGame game = Pgn.ReadOne("[White \"Tal\"] [Black \"NN\"]\n[ date  \"1960.01.??\" ]\n[Empty \"\"]\n\n1. e4 *");
        Assert.That((game.White, game.Black, game.Date), Is.EqualTo(("Tal", "NN", "1960.01.??")));
        Assert.That(game.Tags["WHITE"], Is.EqualTo("Tal"));
        Assert.That(game.Tags["Empty"], Is.Empty);
        Assert.That(game.Tags.ContainsKey("Round"), Is.False);
        Assert.That(game.Tags, Has.Count.EqualTo(4));
    }

    [TestCase("[Event \"a \\\"b\\\" c\\\\d\"]", "a \"b\" c\\d")]
    [TestCase("[Event \"a \"b\" c\"]", "a \"b\" c")]
    [TestCase("[Event \"never closed", "never closed")]
    [TestCase("[Event \"with ] bracket\"]", "with ] bracket")]
    public void Tags_WithQuotesInside_KeepThem(string tag, string value) =>
        Assert.That(Pgn.ReadOne(tag + "\n\n1. e4 *").Tags["Event"], Is.EqualTo(value));

    [Test]
    public void ReadGames_WithoutHeaders_SplitsAtResults()
    {
        List<PgnGame> games = Pgn.Read("1. e4 e5 1-0 1. d4 d5 0-1\n1. c4 *", out _);
        Assert.That(games.Select(Pgn.Line), Is.EqualTo(new[] { "e2e4 e7e5", "d2d4 d7d5", "c2c4" }));
        Assert.That(games[0].White, Is.Empty);
    }

    [TestCase("1. e4 1-0\n[Event \"B\"]\n1. d4 *")]
    [TestCase("1. e4\n[Event \"B\"]\n1. d4 *")]
    [TestCase("1. e4 1-0 [Event \"B\"] 1. d4 *")]
    public void ReadGames_WithoutABlankLineOrResultBetween_SplitsAtTags(string text)
    {
        List<PgnGame> games = Pgn.Read("[Event \"A\"]\n" + text, out _);
        Assert.That(games.Select(game => game.Tags["Event"] + " " + Pgn.Line(game)), Is.EqualTo(new[] { "A e2e4", "B d2d4" }));
    }

    [TestCase("[SetUp \"1\"]\n[FEN \"4k3/8/8/8/8/8/4P3/4K3 w - - 0 1\"]\n\n1. e4 *", "4k3/8/8/8/8/8/4P3/4K3 w - - 0 1")]
    [TestCase("[FEN \"4k3/4p3/8/8/8/8/8/4K3 b - - 0 1\"]\n\n1... e5 *", "4k3/4p3/8/8/8/8/8/4K3 b - - 0 1")]
    [TestCase("[FEN \"" + Position.StartFen + "\"]\n\n1. e4 *", null)]
    [TestCase("[FEN \"\"]\n\n1. e4 *", null)]
    public void StartFen_OfASetUpGame_IsItsStart(string text, string? fen)
    {
        PgnGame game = Pgn.ReadOne(text);
        Assert.That(game.StartFen, Is.EqualTo(fen));
        Assert.That(game.StartPosition.ToFen(), Is.EqualTo(fen ?? Position.StartFen));
    }

    [Test]
    public void Line_OfAGame_IsWhereItBegins()
    {
        List<PgnGame> games = Pgn.Read(Pgn.Short + Pgn.Short, out _);
        Assert.That(games.Select(game => game.Line), Is.EqualTo(new[] { 1, 8 }));
    }
}
