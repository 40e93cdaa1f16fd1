using LoraEdge;
using Rival.Adaptation;
using Rival.Chess;
using Rival.Policy;

namespace Rival.Play;

/// <summary>What an import does.</summary>
internal enum ImportPhase
{
    /// <summary>The older games are recorded.</summary>
    Logging,

    /// <summary>Training goes on; the newest games wait as a test.</summary>
    Learning,

    /// <summary>The newest games are guessed move by move, and recorded after the guess.</summary>
    Testing,

    /// <summary>Nothing is left.</summary>
    Done,
}

/// <summary>
/// Records a player's games while somebody plays: a slice in each frame. The newest games are kept back until the first adapter
/// is in use, and then guessed before they are recorded, so that the score tells of moves that nobody had learned from.
/// </summary>
internal sealed class PgnImport
{
    /// <summary>The most own moves that are kept back as a test.</summary>
    public const int MostTestMoves = 1000;

    /// <summary>The most moves that are recorded in a frame: the log's disk keeps up with so many.</summary>
    public const int MostMovesInFrame = 32;

    /// <summary>How long a test waits for an adapter after the last move was logged.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly IHostClock _clock;
    private readonly IEnumerator<Decision> _older;
    private readonly IEnumerator<Decision> _newest;
    private readonly TimeSpan _begun;
    private TimeSpan _logged;
    private TimeSpan _ended;

    /// <summary>Prepares an import.</summary>
    /// <param name="name">Name of the file.</param>
    /// <param name="player">Who of its players.</param>
    /// <param name="games">That player's games.</param>
    /// <param name="into">The profile that learns.</param>
    /// <param name="clock">The clock.</param>
    public PgnImport(string name, string player, IEnumerable<PlayedGame> games, OpenProfile into, IHostClock clock)
    {
        (Name, Player, Into, _clock, _begun) = (name, player, into, clock, clock.Elapsed);
        PlayedGame[] ordered = [.. games.OrderBy(game => PgnDate.Parse(game.Game.Date))];
        int test = TestGames(ordered);
        Moves = ordered.Sum(game => game.OwnMoves);
        _older = ordered[..^test].SelectMany(game => game.Decisions).GetEnumerator();
        _newest = ordered[^test..].SelectMany(game => game.Decisions).GetEnumerator();
    }

    public string Name { get; }

    public string Player { get; }

    public OpenProfile Into { get; }

    public int Moves { get; }

    public int Logged { get; private set; }

    public ImportPhase Phase { get; private set; }

    /// <summary>From the start to the first adapter in use; null while there is none.</summary>
    public TimeSpan? PromotedAfter { get; private set; }

    public TimeSpan Elapsed => (Phase == ImportPhase.Done ? _ended : _clock.Elapsed) - _begun;

    /// <summary>Says that an adapter has come into use for the profile.</summary>
    public void Promoted() => PromotedAfter ??= Elapsed;

    /// <summary>Does one frame's share.</summary>
    /// <param name="budget">Time after which no further move is recorded.</param>
    /// <param name="frozen">The frozen model, to guess with.</param>
    public void Step(TimeSpan budget, RivalMind frozen)
    {
        if (Phase == ImportPhase.Logging && !Log(budget))
            (Phase, _logged) = (ImportPhase.Learning, _clock.Elapsed);
        else if (Phase == ImportPhase.Learning && (PromotedAfter is not null || _clock.Elapsed - _logged > LongestWait))
            Phase = ImportPhase.Testing;
        else if (Phase == ImportPhase.Testing && !Test(frozen))
            (Phase, _ended) = (ImportPhase.Done, _clock.Elapsed);
    }

    private bool Log(TimeSpan budget)
    {
        TimeSpan end = _clock.Elapsed + budget;
        for (int i = 0; i < MostMovesInFrame && (i == 0 || _clock.Elapsed < end); i++)
        {
            if (!_older.MoveNext())
                return false;
            Record(_older.Current);
        }

        return true;
    }

    private bool Test(RivalMind frozen)
    {
        if (!_newest.MoveNext())
            return false;
        Decision decision = _newest.Current;
        Move guess = Guess(frozen, decision);
        Into.Score.Add(guess, Into.Mind.Profile.Adapter is null ? guess : Guess(Into.Mind, decision), decision.Played);
        Record(decision);
        return true;
    }

    private void Record(in Decision decision)
    {
        Into.Mind.Record(decision.Position, decision.History, decision.Played);
        Logged++;
    }

    private static Move Guess(RivalMind mind, in Decision decision)
    {
        Span<Move> legal = stackalloc Move[MoveGenerator.MaxMoves];
        legal = legal[..MoveGenerator.LegalMoves(decision.Position, legal)];
        return MoveForecast.Of(mind.Infer(decision.Position, decision.History, legal), decision.Position, legal).Best;
    }

    /// <summary>As many of the newest games as fit into <see cref="MostTestMoves"/>, a fifth at most.</summary>
    private static int TestGames(PlayedGame[] ordered)
    {
        int games = 0;
        for (int moves = 0; games < ordered.Length / 5 && (moves += ordered[^(games + 1)].OwnMoves) <= MostTestMoves; games++)
        {
        }

        return games;
    }
}
