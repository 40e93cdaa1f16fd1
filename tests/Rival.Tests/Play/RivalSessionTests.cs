using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using Rival.Play;

namespace Rival.Tests.Play;

[TestFixture]
internal sealed class RivalSessionTests
{
    [Test]
    public void Move_IsGuessedBefore_RecordedAndRevealedAfter_AndAnswered()
    {
        using var session = new SteppedSession();
        PlayState before = session.State;
        PlayState after = session.Order(new MoveOrder("e2e4"));
        PlayState answered = session.Until(state => state.Game.San.Count == 2);
        Reveal last = after.Mind.Last!;
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{last.Base} {last.Adapted} {last.Salt}")));
        Assert.Multiple(() =>
        {
            Assert.That(before.Mind.Sealed, Is.Not.Null.And.EqualTo(last.Sealed));
            Assert.That(hash, Does.StartWith(last.Sealed));
            Assert.That(last.Played, Is.EqualTo("e4"));
            Assert.That(last.BaseHit, Is.EqualTo(last.Base == "e4"));
            Assert.That(after.Game.Thinking, Is.True);
            Assert.That(after.Profile.Records, Is.EqualTo(1));
            Assert.That(after.Mind.Score.Moves, Is.EqualTo(1));
            Assert.That(answered.Game.Turn, Is.EqualTo("w"));
            Assert.That(answered.Arrows.Base, Has.Count.EqualTo(5));
            Assert.That(answered.Arrows.Adapted, Is.Null, "nothing was learned");
        });
    }

    [Test]
    public void Orders_ThatMakeNoSenseNow_AreRefused_AndChangeNothing()
    {
        using var session = new SteppedSession();
        PlayOrder[] orders =
        [
            new MoveOrder("e2e5"), new MoveOrder("xxxx"), new SanOrder("Qh5"), new NewGameOrder("w", new OpponentChoice("profile", "nobody"), 1, true),
            new ExportAdapterOrder(), new ForgetOrder("somebody else"), new ImportOrder("no token", "p"), new WatchOrder("no token", "p", 1),
            new WatchSpeedOrder(10), new StyleOrder("nobody"), new ImportAdapterOrder("friend", [1, 2, 3]),
        ];
        foreach (PlayOrder order in orders)
            session.Order(order);
        session.Until(_ => session.Refusals.Count >= orders.Length);
        Assert.Multiple(() =>
        {
            Assert.That(session.Refusals, Has.Count.EqualTo(orders.Length));
            Assert.That(session.State.Game.San, Is.Empty);
            Assert.That(session.State.Profiles, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public void Flood_OfOrders_IsRefused_AndAFrameTakesAFew()
    {
        using var session = new SteppedSession();
        for (int i = 0; i < 1000; i++)
            session.Post(new PauseOrder(true));
        Assert.That(session.Refusals, Has.Count.EqualTo(1000 - 256));
    }

    [Test]
    public void GameAgainstItself_EndsByResignation_AndABlackGameBeginsWithTheRivalsMove()
    {
        using var session = new SteppedSession();
        session.Order(new NewGameOrder("b", new OpponentChoice("clone"), 0, false));
        PlayState moved = session.Until(state => state.Game.San.Count == 1);
        PlayState resigned = session.Order(new ResignOrder());
        session.Order(new MoveOrder("e7e5"));
        Assert.Multiple(() =>
        {
            Assert.That(moved.Game.You, Is.EqualTo("b"));
            Assert.That(moved.Game.Opponent.Name, Is.EqualTo("Player"));
            Assert.That((resigned.Game.Result, resigned.Game.Reason), Is.EqualTo(("1-0", "resigned")));
            Assert.That(session.Refusals, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public void Style_IsServedButNotTaught_AndPlaysAsOpponent()
    {
        using var session = new SteppedSession();
        session.Order(new StyleOrder("morphy"));
        PlayState morphy = session.Until(state => state.Profile.Name == "Paul Morphy");
        session.Order(new MoveOrder("e2e4"));
        session.Order(new ProfileOrder("Player"));
        session.Order(new NewGameOrder("w", new OpponentChoice("profile", "Paul Morphy"), 0, false));
        session.Order(new MoveOrder("e2e4"));
        PlayState played = session.Until(state => state.Game.San.Count == 2);
        Assert.Multiple(() =>
        {
            Assert.That(morphy.Profile.Kind, Is.EqualTo("style"));
            Assert.That(morphy.Arrows.Adapted, Is.Not.Null.And.Not.EqualTo(morphy.Arrows.Base));
            Assert.That(morphy.Profile.Adapter!.Bytes, Is.LessThan(17_000));
            Assert.That(morphy.Swap!.Name, Is.EqualTo("Paul Morphy"));
            Assert.That(played.Profile.Records, Is.EqualTo(1), "of the two moves the one that a player made");
            Assert.That(session.Refusals, Is.Empty);
        });
    }

    [Test]
    public void Profile_IsMadeRenamedAndForgotten_AndTheOthersStayAfterARestart()
    {
        using var scratch = new Scratch();
        using (var session = new SteppedSession(scratch))
        {
            session.Order(new ProfileOrder("Ada"));
            session.Until(state => state.Profile.Name == "Ada");
            session.Order(new MoveOrder("e2e4"));
            session.Order(new RenameOrder("Player"));
            session.Order(new RenameOrder("Ada L."));
            Assert.That(session.Refusals, Has.Count.EqualTo(1), "the name of another");
            session.Order(new ProfileOrder("Bea"));
            session.Until(state => state.Profile.Name == "Bea");
            PlayState forgotten = session.Order(new ForgetOrder("Bea"));
            Assert.That(forgotten.Profiles.Select(profile => profile.Name), Is.EqualTo(new[] { "Player", "Ada L." }));
            Assert.That(forgotten.Profile.Name, Is.EqualTo("Player"));
        }

        using var again = new SteppedSession(scratch);
        again.Order(new ProfileOrder("ada l."));
        PlayState ada = again.Until(state => state.Profile.Name == "Ada L.");
        Assert.That(ada.Profile.Records, Is.EqualTo(1));
        Assert.That(again.State.Profiles, Has.Count.EqualTo(2));
    }

    [Test]
    public void ProfileThatWasAskedForLast_IsTheOneThatSits()
    {
        using var session = new SteppedSession();
        session.Order(new StyleOrder("fischer"));
        session.Order(new ProfileOrder("Player"));
        session.Order(new NewGameOrder("b", new OpponentChoice("profile", "Bobby Fischer"), 0, false));
        PlayState moved = session.Until(state => state.Game.San.Count == 1);
        Assert.That((moved.Profile.Name, moved.Game.San[0]), Is.EqualTo(("Player", "e4")), "the style that opens meanwhile is the opponent only");
    }

    [Test]
    public void Adapter_ThatWasHandedOver_IsAProfileThatForetellsTheSame()
    {
        using var session = new SteppedSession();
        session.Order(new StyleOrder("tal"));
        PlayState tal = session.Until(state => state.Profile.Name == "Mikhail Tal");
        session.Order(new ExportAdapterOrder());
        session.Order(new ImportAdapterOrder("My friend", session.Files[0].File));
        PlayState friend = session.Until(state => state.Profile.Name == "My friend");
        Assert.Multiple(() =>
        {
            Assert.That(session.Files[0].Name, Is.EqualTo("Mikhail-Tal.lora"));
            Assert.That(friend.Profile.Kind, Is.EqualTo("imported"));
            Assert.That(friend.Arrows.Adapted, Is.EqualTo(tal.Arrows.Adapted));
        });
    }

    [Test]
    public void Import_TakesASliceOfEachFrame_AndKeepsTheNewestGamesBack()
    {
        using var session = new SteppedSession();
        PgnUpload upload = PgnUpload.Read("mine.pgn", Encoding.UTF8.GetBytes(Playouts.Pgn("Doe, Jane", games: 20, plies: 40, seed: 2)));
        session.Order(new ImportOrder(session.Uploads.Add(upload), "Doe, Jane"));
        var logged = new List<int>();
        while (session.State.Import is { Phase: "logging" } import)
        {
            logged.Add(import.Logged);
            session.Step();
        }

        ImportState learning = session.State.Import!;
        session.Step((int)(PgnImport.LongestWait / RivalLoop.Frame) + 4 * 20 + 5);
        PlayState done = session.State;
        Assert.Multiple(() =>
        {
            Assert.That(logged.Zip(logged.Skip(1), (one, next) => next - one), Is.All.LessThanOrEqualTo(PgnImport.MostMovesInFrame));
            Assert.That(learning.Moves, Is.EqualTo(20 * 20).Within(20), "random games can end early");
            Assert.That(learning.Logged, Is.LessThan(learning.Moves));
            Assert.That(done.Import!.Done, Is.True);
            Assert.That(done.Import.Logged, Is.EqualTo(done.Import.Moves));
            Assert.That(done.Profile.Records, Is.EqualTo(done.Import.Moves));
            Assert.That(done.Mind.Score.Moves, Is.EqualTo(done.Import.Moves - learning.Logged), "the games that were kept back");
        });
    }

    [TestCase(1)]
    [TestCase(10)]
    [TestCase(100)]
    public void Watch_ReplaysAtItsSpeed_GuessesThePlayersMoves_AndGivesTheBoardBack(int speed)
    {
        using var session = new SteppedSession();
        session.Order(new MoveOrder("e2e4"));
        PgnUpload upload = PgnUpload.Read("mine.pgn", Encoding.UTF8.GetBytes(Playouts.Pgn("Doe, Jane", games: 10, plies: 40, seed: 3)));
        session.Order(new WatchOrder(session.Uploads.Add(upload), "Doe, Jane", speed));
        session.Step(150);
        PlayState watched = session.State;
        session.Order(new MoveOrder("d2d4"));
        PlayState back = session.Order(new StopWatchOrder());
        double plies = 2.5 * speed;
        Assert.Multiple(() =>
        {
            Assert.That(watched.Watch!.Player, Is.EqualTo("Doe, Jane"));
            Assert.That((watched.Watch.Game - 1) * 41 + watched.Game.San.Count, Is.EqualTo(plies).Within(3 + plies * 0.1));
            Assert.That(watched.Profile.Records, Is.EqualTo(1 + plies / 2).Within(3 + plies * 0.1));
            Assert.That(watched.Mind.Score.Moves, Is.EqualTo(watched.Profile.Records));
            Assert.That(session.Refusals, Has.Count.EqualTo(1), "the board is not the player's meanwhile");
            Assert.That(back.Game.San[0], Is.EqualTo("e4"));
            Assert.That(back.Watch, Is.Null);
        });
    }
}
