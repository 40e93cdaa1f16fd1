using NUnit.Framework;
using Rival.Chess;

namespace Rival.Tests.Chess;

public sealed class GameOrderTests
{
    [TestCase("1968.05.17", 1968, 5, 17)]
    [TestCase("1968.??.??", 1968, 0, 0)]
    [TestCase("????.??.??", 0, 0, 0)]
    [TestCase("1968", 1968, 0, 0)]
    [TestCase("1968-05-17", 1968, 5, 17)]
    [TestCase("1968.13.45", 1968, 0, 0)]
    [TestCase("2007.05.12`", 2007, 5, 0)]
    [TestCase("-5.+1. 3 .9", 0, 5, 0)]
    [TestCase("", 0, 0, 0)]
    public void Parse_OfADate_KeepsTheKnownParts(string text, int year, int month, int day) =>
        Assert.That(PgnDate.Parse(text), Is.EqualTo(new PgnDate(year, month, day)));

    [Test]
    public void ByDate_WithUnknownParts_PutsThemFirstAndKeepsFileOrder()
    {
        string[] dates = ["1968.05.17", "1968.??.??", "????.??.??", "1968.05.??", "1967.12.31", "1968.??.??", ""];
        string text = string.Concat(dates.Select((date, n) => $"[Round \"{n}\"]\n[Date \"{date}\"]\n\n1. e4 *\n\n"));
        IEnumerable<string> rounds = GameOrder.ByDate(Pgn.Read(text, out _)).Select(game => game.Tags["Round"]);
        Assert.That(rounds, Is.EqualTo(new[] { "2", "6", "4", "1", "5", "3", "0" }));
    }
}
