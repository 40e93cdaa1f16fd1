using Rival.Chess;

namespace Rival.Adaptation;

/// <summary>The players whose games a file or a directory holds.</summary>
public static class PlayerSource
{
    /// <summary>Reads players one after the other; a directory's files are read as they are asked for.</summary>
    /// <param name="path">A PGN file (one player), or a directory with one file per player.</param>
    /// <param name="player">
    /// Whose games: for a file a name to look for on both sides, for a directory the one player to take of all. Null: for
    /// each file the surname that most of its games share.
    /// </param>
    /// <param name="maxMoves">The most own moves to learn from; see <see cref="PlayerLog.Split"/>.</param>
    /// <param name="passOver">Told about each file of a directory that cannot be used; the others still are.</param>
    /// <exception cref="PgnException">The file, or every file of the directory, cannot be used.</exception>
    public static IEnumerable<PlayerLog> Logs(string path, string? player, int maxMoves, Action<PgnException> passOver) =>
        Directory.Exists(path) ? OfDirectory(path, player, maxMoves, passOver) : [OfFile(path, player, maxMoves)];

    private static PlayerLog OfFile(string path, string? player, int maxMoves)
    {
        GameFile file = GameFile.Load(path);
        return PlayerLog.Split(player is null ? DominantPlayer(file, file.Player) : NamedPlayer.In(file, player), maxMoves);
    }

    private static IEnumerable<PlayerLog> OfDirectory(string path, string? player, int maxMoves, Action<PgnException> passOver)
    {
        IReadOnlyList<string> files = PgnCollection.PgnFilesIn(path);
        PgnException? first = null;
        int used = 0;
        foreach (string file in files)
        {
            PlayerLog? log = null;
            try
            {
                log = InDirectory(file, player, maxMoves);
            }
            catch (PgnException problem)
            {
                first ??= problem;
                passOver(problem);
            }

            if (log is not null)
            {
                used++;
                yield return log;
            }
        }

        if (used == 0)
            throw NothingUsed(path, player, files.Count, first);
    }

    /// <summary>Players are called by their files, since two of a directory can share a surname.</summary>
    private static PlayerLog? InDirectory(string path, string? player, int maxMoves)
    {
        GameFile file = GameFile.Load(path);
        if (player is not null && !file.Player.Equals(player, StringComparison.OrdinalIgnoreCase))
            return null;
        return PlayerLog.Split(DominantPlayer(file, Path.GetFileName(path).Split('.')[0]), maxMoves);
    }

    private static PlayerGames DominantPlayer(GameFile file, string name)
    {
        if (file.Player.Length == 0)
            throw new PgnException(file.Path, $"The games of '{file.Path}' name no player. Add White and Black tags.");
        IEnumerable<PlayedGame?> games = file.Games.Select(game => file.SideOfPlayer(game) is { } side ? new PlayedGame(game, side) : (PlayedGame?)null);
        return new PlayerGames(name, file.Path, [.. games.OfType<PlayedGame>()]);
    }

    private static PgnException NothingUsed(string path, string? player, int files, PgnException? first)
    {
        if (files == 0)
            return PgnErrors.NoFiles(path);
        string whose = player is null ? "of a player that can be adapted to" : $"of '{player}'";
        return new PgnException(path, $"None of the {files} PGN files in '{path}' holds games {whose}.{(first is null ? "" : " The first that cannot be used: " + first.Message)}", first);
    }
}
