using LoraEdge;
using Rival.Chess;
using Rival.Policy;

namespace Rival.Adaptation;

/// <summary>
/// One player's games, split by time: what is learned from, what decides when to stop, and what tells afterwards how well
/// it went. Whole games, so that no game is on two sides, but for a log so short that none is left to stop on.
/// </summary>
public sealed class PlayerLog
{
    /// <summary>The fewest games that can be split.</summary>
    public const int FewestGames = 10;

    private PlayerLog(PlayerGames player) => (Name, Source, GameCount) = (player.Name, player.Source, player.Games.Count);

    /// <summary>What the player is called.</summary>
    public string Name { get; }

    /// <summary>Where the games come from.</summary>
    public string Source { get; }

    /// <summary>All games of the player, those that are not used included.</summary>
    public int GameCount { get; }

    /// <summary>Games to learn from, oldest first, at least one.</summary>
    public required IReadOnlyList<PlayedGame> Training { get; init; }

    /// <summary>Later games that stop training early; none when there is one game only to learn from, whose last moves then do.</summary>
    public required IReadOnlyList<PlayedGame> EarlyStop { get; init; }

    /// <summary>The latest games, at least one.</summary>
    public required IReadOnlyList<PlayedGame> Test { get; init; }

    /// <summary>Own moves to learn from.</summary>
    public int TrainingMoves => MovesIn(Training) + MovesIn(EarlyStop) - EarlyStopMoves;

    /// <summary>
    /// Own moves that stop training early, the newest: those of <see cref="EarlyStop"/>, or where it has none the last 10% (at
    /// least one, while one is left to learn from) of the others.
    /// </summary>
    public int EarlyStopMoves => MovesIn(EarlyStop) is > 0 and var moves ? moves : LastTenth(MovesIn(Training));

    /// <summary>Own moves to predict.</summary>
    public int TestMoves => MovesIn(Test);

    /// <summary>The moves to predict.</summary>
    public IEnumerable<Decision> TestDecisions => Test.SelectMany(game => game.Decisions);

    /// <summary>
    /// What is recorded, in the order in which it was played: the moves to learn from, then the
    /// <see cref="EarlyStopMoves"/> newest that are held out.
    /// </summary>
    public IEnumerable<Interaction> Records() => Training.Concat(EarlyStop).SelectMany(game => game.Decisions).Select(decision => decision.ToRecord());

    /// <summary>
    /// Orders the games by date and then as they came, keeps the last 20% for the test, takes of the rest the newest that
    /// together hold at most <paramref name="maxMoves"/> own moves, and of these the newest 10% (at least one game, while one
    /// is left to learn from) for stopping early. Of a single game it is the last moves: see <see cref="EarlyStopMoves"/>.
    /// </summary>
    /// <param name="player">The games.</param>
    /// <param name="maxMoves">The most own moves in training and early stopping together.</param>
    /// <exception cref="PgnException">Too few games, or not one that fits into <paramref name="maxMoves"/>.</exception>
    public static PlayerLog Split(PlayerGames player, int maxMoves)
    {
        if (player.Games.Count < FewestGames)
            throw new PgnException(player.Source, $"'{player.Source}' holds {player.Games.Count} games of '{player.Name}'; at least {FewestGames} are needed, to learn from some and to test on others.");
        PlayedGame[] ordered = [.. player.Games.OrderBy(game => PgnDate.Parse(game.Game.Date))];
        int seen = ordered.Length * 4 / 5;
        ReadOnlySpan<PlayedGame> log = Newest(ordered.AsSpan(0, seen), maxMoves);
        if (log.IsEmpty)
            throw new PgnException(player.Source, $"The newest game of '{player.Name}' to learn from, in '{player.Source}', has {ordered[seen - 1].OwnMoves} own moves, but at most {maxMoves} are allowed. Raise --max-moves.");
        int training = Math.Max(1, log.Length * 9 / 10);
        var split = new PlayerLog(player)
        {
            Training = log[..training].ToArray(),
            EarlyStop = log[training..].ToArray(),
            Test = ordered[seen..],
        };
        if (split.TrainingMoves == 0 || split.TestMoves == 0)
            throw new PgnException(player.Source, $"The games of '{player.Name}' in '{player.Source}' are too short: no own move to {(split.TestMoves == 0 ? "test on" : "learn from")}.");
        return split;
    }

    private static int MovesIn(IReadOnlyList<PlayedGame> games) => games.Sum(game => game.OwnMoves);

    private static int LastTenth(int moves) => Math.Min(Math.Max(1, moves / 10), Math.Max(0, moves - 1));

    private static ReadOnlySpan<PlayedGame> Newest(ReadOnlySpan<PlayedGame> games, int maxMoves)
    {
        int first = games.Length;
        for (int moves = 0; first > 0 && (moves += games[first - 1].OwnMoves) <= maxMoves; first--)
        {
        }

        return games[first..];
    }
}
