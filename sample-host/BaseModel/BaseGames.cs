using Rival.Adaptation;
using Rival.Chess;

namespace Rival.BaseModel;

/// <summary>The games that the base model may learn from: none of a reserved player, and none from a set-up position.</summary>
/// <param name="Training">Distinct games to train on.</param>
/// <param name="Validation">Distinct games that show how training goes; of base players, and so no measure of the model.</param>
/// <param name="People">The training games of each player with many, as that player sees them.</param>
public sealed record BaseGames(IReadOnlyList<PgnGame> Training, IReadOnlyList<PgnGame> Validation, IReadOnlyList<IReadOnlyList<PlayedGame>> People)
{
    /// <summary>One game in this many is for validation.</summary>
    private const int ValidationInterval = 100;

    /// <summary>The fewest games that make somebody one of <see cref="People"/>.</summary>
    private const int FewestGames = 100;

    /// <summary>Reads a directory with one PGN file per player.</summary>
    /// <exception cref="PgnException">The directory holds no readable game.</exception>
    public static BaseGames Load(string path, Action<string> report)
    {
        PgnCollection collection = PgnCollection.Load(path);
        var split = new PlayerSplit(collection);
        var seen = new HashSet<ulong>();
        PgnGame[] games = [.. collection.Games.Where(game => game.StartFen is null && seen.Add(GameKey.Of(game)) && split.IsForBase(game))];
        PgnGame[] validation = [.. games.Where((_, index) => index % ValidationInterval == 0)];
        PgnGame[] training = [.. games.Where((_, index) => index % ValidationInterval != 0)];
        IReadOnlyList<PlayedGame>[] people = [.. PeopleOf(collection, split, [.. training.Select(GameKey.Of)])];
        report($"{collection.GamesRead} games read, {collection.GamesSkipped} skipped, {seen.Count} distinct; {games.Length} of them for the base model, {games.Sum(game => game.Moves.Length)} positions, {people.Length} people");
        return new BaseGames(training, validation, people);
    }

    /// <summary>Makes sure that both stages of training have somebody to learn from.</summary>
    /// <param name="path">Where the games come from.</param>
    /// <exception cref="PgnException">They have not.</exception>
    public void RequireEnough(string path)
    {
        if (Training.Count == 0)
            throw new PgnException(path, $"The files of '{path}' hold no game to train the base model on: of every game a player is held out or kept for tuning, by the name of that player's file. Add files of other players.");
        if (People.Count == 0)
            throw new PgnException(path, $"No base player of '{path}' has {FewestGames} games to train on, but the second half of training needs one such player at least. Add games.");
    }

    private static IEnumerable<IReadOnlyList<PlayedGame>> PeopleOf(PgnCollection collection, PlayerSplit split, HashSet<ulong> training)
    {
        foreach (GameFile file in collection.Files.Where(file => PlayerSplit.RoleOf(file.Path) == PlayerRole.Base))
        {
            PlayedGame[] own =
            [
                // Moves can come again against somebody else: short draws do.
                .. file.Games.Where(game => game.StartFen is null && training.Contains(GameKey.Of(game)) && split.IsForBase(game))
                    .Select(game => file.SideOfPlayer(game) is { } side ? new PlayedGame(game, side) : default)
                    .Where(game => game.Game is not null && game.OwnMoves > 0),
            ];
            if (own.Length >= FewestGames)
                yield return own;
        }
    }
}
