using NUnit.Framework;
using Rival.Adaptation;
using Rival.BaseModel;
using Rival.Chess;
using Rival.Tests.Chess;

namespace Rival.Tests.BaseModel;

/// <summary>
/// Two players with more than 100 games, 30 of them against each other and in both files, and one with fewer; the first
/// also met both reserved players, partly in games that only the first one's own file has.
/// </summary>
public sealed class BaseGamesTests
{
    private const int Plies = 14;
    private static readonly string[] s_players = InventedNames.Of(PlayerRole.Base, 3);
    private static readonly string[] s_reserved = [InventedNames.Of(PlayerRole.HeldOut), InventedNames.Of(PlayerRole.Tuning)];

    private readonly Scratch _scratch = new();
    private readonly List<string> _reports = [];
    private BaseGames _games = new([], [], []);

    [OneTimeSetUp]
    public void Load()
    {
        string shared = Between(s_players[0], s_players[1], 30, seed: 1);
        string reserved = string.Concat(s_reserved.Select((name, n) => Between(s_players[0], name, 3, seed: 2 + n)));
        string setUp = "[White \"A\"]\n[Black \"B\"]\n[FEN \"4k3/8/8/8/8/8/4P3/4K3 w - - 0 1\"]\n\n1. e4 Kd7 2. e5 *\n\n";
        _scratch.Write($"{s_players[0]}.pgn", Own(s_players[0], 120, seed: 4) + shared + reserved + setUp + Between(s_players[0], s_reserved[0], 5, seed: 5));
        _scratch.Write($"{s_players[1]}.pgn", shared + Own(s_players[1], 80, seed: 6));
        _scratch.Write($"{s_players[2]}.pgn", Own(s_players[2], 20, seed: 7));
        for (int n = 0; n < s_reserved.Length; n++)
            _scratch.Write($"{s_reserved[n]}.pgn", Own(s_reserved[n], 10, seed: 8 + n) + reserved);
        _games = BaseGames.Load(_scratch.Folder, _reports.Add);
    }

    [OneTimeTearDown]
    public void Remove() => _scratch.Dispose();

    [Test]
    public void Load_OfGamesInSeveralFiles_TakesEachOnce()
    {
        string[] lines = [.. All().Select(Pgn.Line)];
        Assert.That(lines, Is.Unique);
        Assert.That(lines, Has.Length.EqualTo(120 + 30 + 80 + 20));
    }

    [Test]
    public void Load_OfAll_KeepsOneGameInAHundredForValidationAlone()
    {
        Assert.That((_games.Training.Count, _games.Validation.Count), Is.EqualTo((247, 3)));
        Assert.That(_games.Validation.Select(Pgn.Line).Intersect(_games.Training.Select(Pgn.Line)), Is.Empty);
    }

    [Test]
    public void Load_OfAll_HasNobodyReservedAnywhere()
    {
        Assert.That(PgnCollection.Load(_scratch.Folder).Files.First(file => file.Path.Contains(s_players[0])).Games.Count(IsReserved), Is.EqualTo(11));
        Assert.That(All().Concat(_games.People.SelectMany(person => person).Select(game => game.Game)).Where(IsReserved), Is.Empty);
    }

    [Test]
    public void Load_OfAGameFromASetUpPosition_LeavesItOut() =>
        Assert.That(All().Select(game => game.StartFen), Is.All.Null);

    [Test]
    public void People_AreThePlayersWithManyGamesOnTheirOwnSide()
    {
        Assert.That(_games.People, Has.Count.EqualTo(2));
        foreach ((IReadOnlyList<PlayedGame> person, string name) in _games.People.Zip(s_players.Order(StringComparer.Ordinal).Where(name => name != s_players[2])))
        {
            Assert.That(person.Select(game => game.Side == Side.White ? game.Game.White : game.Game.Black), Is.All.EqualTo($"{name}, A"));
            Assert.That(person.Select(game => game.Side), Has.Some.EqualTo(Side.White).And.Some.EqualTo(Side.Black));
            string[] training = [.. _games.Training.Where(game => game.White == $"{name}, A" || game.Black == $"{name}, A").Select(Pgn.Line)];
            Assert.That(person.Select(game => Pgn.Line(game.Game)), Is.EquivalentTo(training));
        }
    }

    [TestCase(101, 0)] // 2 for validation, 99 for training
    [TestCase(102, 1)]
    public void People_HaveAHundredTrainingGamesAtLeast(int games, int people)
    {
        using var scratch = new Scratch();
        scratch.Write($"{s_players[0]}.pgn", Own(s_players[0], games, seed: 1));
        Assert.That(BaseGames.Load(scratch.Folder, _ => { }).People, Has.Count.EqualTo(people));
    }

    [Test]
    public void People_WhoRepeatedAGameAgainstAReservedPlayer_AreWithoutTheRepetition()
    {
        using var scratch = new Scratch();
        string repeated = Between(s_players[0], s_reserved[0], 1, seed: 2).Replace(s_reserved[0], "Somebody");
        scratch.Write($"{s_players[0]}.pgn", Own(s_players[0], 110, seed: 1) + repeated + repeated.Replace("Somebody", s_reserved[0]));
        scratch.Write($"{s_reserved[0]}.pgn", Own(s_reserved[0], 10, seed: 3));
        PlayedGame[] person = [.. BaseGames.Load(scratch.Folder, _ => { }).People.Single()];
        Assert.That(person.Where(game => IsReserved(game.Game)), Is.Empty);
        Assert.That(person, Has.Some.Matches<PlayedGame>(game => game.Game.Black.StartsWith("Somebody")));
    }

    [Test]
    public void Load_OfAll_ReportsWhatItFound() =>
        Assert.That(_reports.Single(), Does.Contain("250 of them for the base model").And.Contain($"{250 * Plies} positions").And.Contain("2 people"));

    private IEnumerable<PgnGame> All() => _games.Training.Concat(_games.Validation);

    private static bool IsReserved(PgnGame game) => s_reserved.Any(name => $"{game.White} {game.Black}".Contains($"{name}, A"));

    private static string Own(string player, int games, int seed) => Playouts.Pgn($"{player}, A", games, Plies, seed);

    private static string Between(string white, string black, int games, int seed)
    {
        var random = new Random(seed);
        return string.Concat(Enumerable.Range(0, games).Select(_ => Playouts.Pgn($"{white}, A", $"{black}, A", "2001.03.01", Plies, random)));
    }
}
