using Rival.Chess;

namespace Rival.Adaptation;

/// <summary>The players whose games a file or a directory holds.</summary>
public static class PlayerSource
{
    /// <summary>Reads players one after the other; a directory's files are read as they are asked for.</summary>
    /// <param name="path">A PGN file (one player), or a directory with one file per player.</param>
    /// <param name="player">
    /// Whose games: a name to look for on both sides, in all files of a directory. Null: for each file the surname that most of
    /// its games share.
    /// </param>
    /// <param name="maxMoves">The most own moves to learn from; see <see cref="PlayerLog.Split"/>.</param>
    /// <param name="passOver">Told about each file of a directory that cannot be used; the others still are.</param>
    /// <param name="read">Told about each file that was read, before its games are used. Null: nobody is.</param>
    /// <exception cref="PgnException">The file, or every file of the directory, cannot be used, or two files are of the same name.</exception>
    public static IEnumerable<PlayerLog> Logs(string path, string? player, int maxMoves, Action<PgnException> passOver, Action<GameFile>? read = null)
    {
        if (!Directory.Exists(path))
            return [OfFile(Load(path, read), player, maxMoves)];
        IReadOnlyList<string> files = FilesIn(path);
        return player is null ? OfEachFile(path, files, maxMoves, passOver, read) : [OfOnePlayer(path, files, player, maxMoves, passOver, read)];
    }

    private static GameFile Load(string path, Action<GameFile>? read)
    {
        GameFile file = GameFile.Load(path);
        read?.Invoke(file);
        return file;
    }

    /// <summary>Players are called by their files, since two of a directory can share a surname; so no two files may have one name.</summary>
    private static IReadOnlyList<string> FilesIn(string directory)
    {
        IReadOnlyList<string> files = PgnCollection.PgnFilesIn(directory);
        if (files.Count == 0)
            throw PgnErrors.NoFiles(directory);
        if (files.GroupBy(PgnFileName.WithoutExtension, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } namesakes)
            throw new PgnException(directory, $"The files {string.Join(" and ", namesakes.Select(file => $"'{file}'"))} are both of the player '{namesakes.Key}', whose adapter there can be one of only. Rename or remove one.");
        return files;
    }

    private static PlayerLog OfFile(GameFile file, string? player, int maxMoves)
    {
        if (player is null)
            return PlayerLog.Split(DominantPlayer(file, file.Player), maxMoves);
        var named = new NamedPlayer(player);
        named.LookIn(file);
        PlayerGames found = named.Found(file.Path)
            ?? throw new PgnException(file.Path, $"The file '{file.Path}' holds no game of '{player}' among its {file.Games.Count}; most games in it are of '{file.Player}'. Give --player a surname as the file spells it.");
        return PlayerLog.Split(found, maxMoves);
    }

    /// <summary>A game between two of a directory's players stands in both their files, and would be learned from in one place and tested on in the other.</summary>
    private static PlayerLog OfOnePlayer(string path, IReadOnlyList<string> files, string player, int maxMoves, Action<PgnException> passOver, Action<GameFile>? read)
    {
        var named = new NamedPlayer(player);
        PgnException? first = null;
        foreach (string file in files)
        {
            try
            {
                named.LookIn(Load(file, read));
            }
            catch (PgnException problem)
            {
                first ??= problem;
                passOver(problem);
            }
        }

        PlayerGames found = named.Found(path) ?? throw NothingUsed(path, $"of '{player}'", files.Count, first);
        return PlayerLog.Split(found with { Games = [.. found.Games.DistinctBy(game => (GameKey.Of(game.Game), game.Side))] }, maxMoves);
    }

    private static IEnumerable<PlayerLog> OfEachFile(string path, IReadOnlyList<string> files, int maxMoves, Action<PgnException> passOver, Action<GameFile>? read)
    {
        PgnException? first = null;
        int used = 0;
        foreach (string file in files)
        {
            PlayerLog? log = null;
            try
            {
                log = PlayerLog.Split(DominantPlayer(Load(file, read), PgnFileName.WithoutExtension(file)), maxMoves);
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
            throw NothingUsed(path, "of a player that can be adapted to", files.Count, first);
    }

    private static PlayerGames DominantPlayer(GameFile file, string name)
    {
        if (file.Player.Length == 0)
            throw new PgnException(file.Path, $"The games of '{file.Path}' name no player. Add White and Black tags.");
        IEnumerable<PlayedGame?> games = file.Games.Select(game => file.SideOfPlayer(game) is { } side ? new PlayedGame(game, side) : (PlayedGame?)null);
        return new PlayerGames(name, file.Path, [.. games.OfType<PlayedGame>()]);
    }

    private static PgnException NothingUsed(string path, string whose, int files, PgnException? first) =>
        new(path, $"None of the {files} PGN files in '{path}' holds games {whose}.{(first is null ? "" : " The first that cannot be used: " + first.Message)}", first);
}
