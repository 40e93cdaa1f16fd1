using NUnit.Framework;
using Rival.Adaptation;
using Rival.Chess;
using Rival.Policy;
using Rival.Tests.Chess;

namespace Rival.Tests.Adaptation;

public sealed class PlayerLogTests
{
    [TestCase(10, 8, 2)]
    [TestCase(14, 11, 3)]
    [TestCase(100, 80, 20)]
    public void Split_ByDefault_KeepsTheLastFifthForTheTest(int games, int log, int test)
    {
        PlayerLog split = PlayerLog.Split(Player(games), int.MaxValue);
        Assert.That(split.Training.Count + split.EarlyStop.Count, Is.EqualTo(log));
        Assert.That(split.Test, Has.Count.EqualTo(test));
        Assert.That(split.GameCount, Is.EqualTo(games));
    }

    [TestCase(100, 72, 8)]
    [TestCase(25, 18, 2)]
    [TestCase(10, 7, 1)]
    public void Split_ByDefault_StopsOnTheNewestTenthOfTheRest(int games, int training, int stop)
    {
        PlayerLog split = PlayerLog.Split(Player(games), int.MaxValue);
        Assert.That((split.Training.Count, split.EarlyStop.Count), Is.EqualTo((training, stop)));
    }

    [Test]
    public void Split_OfShuffledDates_OrdersByDateThenAsTheyCame()
    {
        PlayerGames player = Player(30, game => $"19{(game * 7 % 10) + 60}.??.??");
        PlayerLog split = PlayerLog.Split(player, int.MaxValue);
        PlayedGame[] expected = [.. GameOrder.ByDate(player.Games.Select(game => game.Game)).Select(game => player.Games.Single(own => own.Game == game))];
        Assert.That(split.Training.Concat(split.EarlyStop).Concat(split.Test), Is.EqualTo(expected));
    }

    [TestCase(40, 8, 5)] // 5 own moves a game
    [TestCase(44, 8, 5)]
    [TestCase(5, 1, 5)]
    public void Split_WithAMostOfMoves_TakesTheNewestWholeGames(int maxMoves, int games, int movesEach)
    {
        PlayerGames player = Player(50);
        PlayerLog split = PlayerLog.Split(player, maxMoves);
        PlayedGame[] log = [.. split.Training, .. split.EarlyStop];
        Assert.That(log, Is.EqualTo(player.Games.Take(40).TakeLast(games)));
        Assert.That(split.TrainingMoves + split.EarlyStopMoves, Is.EqualTo(games * movesEach));
        Assert.That(split.Test, Is.EqualTo(player.Games.TakeLast(10)));
    }

    [Test]
    public void Split_WithRoomForTwoGames_TrainsOnOneAndStopsOnTheOther() =>
        Assert.That(PlayerLog.Split(Player(50), 10) is { Training.Count: 1, EarlyStop.Count: 1 });

    [TestCase(10, 4, 1)]
    [TestCase(60, 27, 3)]
    [TestCase(2, 1, 0)]
    public void Split_WithRoomForOneGame_StopsOnItsLastMoves(int plies, int training, int stop)
    {
        PlayerLog split = PlayerLog.Split(Player(50, plies: plies), plies / 2);
        Assert.That(split is { Training.Count: 1, EarlyStop.Count: 0 });
        Assert.That((split.TrainingMoves, split.EarlyStopMoves, split.Records().Count()), Is.EqualTo((training, stop, plies / 2)));
    }

    [Test]
    public void Split_WithoutRoomForAGame_SaysWhichOptionToRaise() =>
        Assert.That(() => PlayerLog.Split(Player(50), 4), Throws.TypeOf<PgnException>().With.Message.Contains("5 own moves").And.Message.Contains("--max-moves"));

    [Test]
    public void Split_OfTooFewGames_IsRefusedWithTheirNumber() =>
        Assert.That(() => PlayerLog.Split(Player(9), 4000), Throws.TypeOf<PgnException>().With.Message.Contains("9 games of 'Tal'").And.Message.Contains("10"));

    [Test]
    public void Records_OfALog_AreTheOwnMovesInOrderWithTheStoppingOnesLast()
    {
        PlayerLog split = PlayerLog.Split(Player(20), int.MaxValue);
        Decision[] expected = [.. split.Training.Concat(split.EarlyStop).SelectMany(game => Decision.Of(game.Game).Where((_, ply) => ply % 2 == (int)game.Side))];
        var records = split.Records().ToArray();
        Assert.That(records, Has.Length.EqualTo(split.TrainingMoves + split.EarlyStopMoves).And.Length.EqualTo(expected.Length));
        for (int i = 0; i < records.Length; i++)
            Assert.That(records[i].Inputs[PolicyRecord.Input].Bytes, Is.EqualTo(expected[i].ToRecord().Inputs[PolicyRecord.Input].Bytes));
    }

    [Test]
    public void OwnMoves_OfEitherSide_AreThoseThatAreDecided()
    {
        string blackFirst = "[FEN \"4k3/8/8/8/8/8/8/4K3 b - - 0 1\"]\n\n1... Kd7 2. Kd2 Kd6 *\n\n";
        foreach (PgnGame game in Pgn.Read(Pgn.Short + blackFirst, out _))
            foreach (Side side in new[] { Side.White, Side.Black })
                Assert.That(new PlayedGame(game, side).OwnMoves, Is.EqualTo(new PlayedGame(game, side).Decisions.Count()));
    }

    /// <summary>Games of ten plies, five own moves each, unless told otherwise; so do dates ascend.</summary>
    private static PlayerGames Player(int count, Func<int, string>? date = null, int plies = 10)
    {
        var random = new Random(count);
        string text = string.Concat(Enumerable.Range(0, count).Select(n =>
            Playouts.Pgn(n % 2 == 0 ? "Tal" : "NN", n % 2 == 0 ? "NN" : "Tal", date?.Invoke(n) ?? $"{1900 + n}.01.01", plies, random)));
        return new PlayerGames("Tal", "tal.pgn", [.. Pgn.Read(text, out _).Select((game, n) => new PlayedGame(game, n % 2 == 0 ? Side.White : Side.Black))]);
    }
}
