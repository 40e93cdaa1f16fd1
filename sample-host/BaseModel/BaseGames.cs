using Rival.Chess;

namespace Rival.BaseModel;

/// <summary>The distinct games that the base model may learn from.</summary>
public static class BaseGames
{
    /// <summary>Reads a directory and leaves out reserved players, repetitions and games from set-up positions.</summary>
    /// <exception cref="PgnException">The directory holds no readable game.</exception>
    public static IReadOnlyList<PgnGame> Load(string path, Action<string> report)
    {
        PgnCollection collection = PgnCollection.Load(path);
        var split = new PlayerSplit(collection);
        var seen = new HashSet<ulong>();
        PgnGame[] games = [.. collection.Games.Where(game => game.StartFen is null && seen.Add(GameKey.Of(game)) && split.IsForBase(game))];
        report($"{collection.GamesRead} games read, {collection.GamesSkipped} skipped, {seen.Count} distinct; {games.Length} of them for the base model, {games.Sum(game => game.Moves.Length)} positions");
        return games;
    }
}
