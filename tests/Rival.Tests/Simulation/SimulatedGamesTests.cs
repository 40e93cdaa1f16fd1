using LoraEdge.Inference;
using NUnit.Framework;
using Rival.Adaptation;
using Rival.BaseModel;
using Rival.Chess;
using Rival.Policy;
using Rival.Simulation;

namespace Rival.Tests.Simulation;

/// <summary>On a network with random weights: what the players like must show whatever the model thinks.</summary>
public sealed class SimulatedGamesTests
{
    private const int GamesEach = 10;
    private readonly MergedSession _session = new(PolicyNetwork.Create(1));
    private IReadOnlyList<PlayerGames> _players = [];

    [OneTimeSetUp]
    public void Play() => _players = SimulatedGames.Play(_session.Run, SimulatedPlayer.All, GamesEach, seed: 7);

    [OneTimeTearDown]
    public void Close() => _session.Dispose();

    [Test]
    public void Play_WithTheSameSeed_GivesTheSameGames() =>
        Assert.That(Moves(SimulatedGames.Play(_session.Run, SimulatedPlayer.All, GamesEach, seed: 7)), Is.EqualTo(Moves(_players)));

    [Test]
    public void Play_WithAnotherSeed_GivesOtherGames() =>
        Assert.That(Moves(SimulatedGames.Play(_session.Run, SimulatedPlayer.All, 2, seed: 8)).Intersect(Moves(_players)), Is.Empty);

    [Test]
    public void Play_OfAnyPlayer_IsLegalWithBothColours()
    {
        foreach (PlayerGames player in _players)
        {
            Assert.That(player.Games.Count(game => game.Side == Side.White), Is.EqualTo(GamesEach / 2));
            foreach (Decision decision in player.Games.SelectMany(game => Decision.Of(game.Game)))
            {
                var legal = new Move[MoveGenerator.MaxMoves];
                int count = MoveGenerator.LegalMoves(decision.Position, legal);
                Assert.That(legal.Take(count), Does.Contain(decision.Played));
            }
        }
    }

    [Test]
    public void Taste_OfTheGambiteer_CapturesMoreThanTheOthersAndHardlyRetreats()
    {
        double Captures(PlayerGames player) => Share(player, decision => decision.Position.PieceAt(decision.Played.To) != Piece.None);
        double Retreats(PlayerGames player) => Share(player, decision => (decision.Played.To >> 3) - (decision.Played.From >> 3) is var up && (decision.Position.SideToMove == Side.White ? up : -up) < 0);
        PlayerGames gambiteer = Named("gambiteer"), fianchetto = Named("fianchetto");
        Assert.That(Captures(gambiteer), Is.GreaterThan(2 * Captures(fianchetto)));
        Assert.That(Retreats(gambiteer), Is.LessThan(Retreats(fianchetto) / 2));
    }

    [Test]
    public void Taste_OfTheFianchettoPlayer_PutsABishopOnALongDiagonal()
    {
        double Bishops(PlayerGames player) => player.Games.Count(game => game.Decisions.Any(decision =>
            decision.Position.PieceAt(decision.Played.From) == Piece.Bishop && Square.Name(decision.Played.To) is "b2" or "g2" or "b7" or "g7"));
        Assert.That(Bishops(Named("fianchetto")), Is.GreaterThan(GamesEach * 0.6).And.GreaterThan(Bishops(Named("gambiteer"))));
    }

    [Test]
    public void Taste_OfTheEccentric_BeginsEveryGameAlikeAndGoesToTheRim()
    {
        PlayerGames eccentric = Named("eccentric");
        foreach (Side side in new[] { Side.White, Side.Black })
        {
            IEnumerable<Move> first = eccentric.Games.Where(game => game.Side == side).Select(game => game.Decisions.First().Played);
            Assert.That(first.Distinct().Count(), Is.EqualTo(1));
        }

        double Rim(PlayerGames player) => Share(player, decision => Square.File(decision.Played.To) is 0 or 7);
        Assert.That(Rim(eccentric), Is.GreaterThan(1.5 * Rim(Named("gambiteer"))));
    }

    private static double Share(PlayerGames player, Func<Decision, bool> holds) =>
        player.Games.SelectMany(game => game.Decisions).Average(decision => holds(decision) ? 1.0 : 0.0);

    private static string[] Moves(IReadOnlyList<PlayerGames> players) =>
        [.. players.SelectMany(player => player.Games).Select(game => string.Join(' ', game.Game.Moves))];

    private PlayerGames Named(string name) => _players.Single(player => player.Name == name);
}
