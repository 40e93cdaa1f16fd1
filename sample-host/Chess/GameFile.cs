namespace Rival.Chess;

/// <summary>The games of one file, and the player they are of.</summary>
public sealed class GameFile
{
    private readonly FilePlayer _player;

    private GameFile(string path, IReadOnlyList<PgnGame> games, PgnReader reader)
    {
        Path = path;
        Games = games;
        GamesSkipped = reader.GamesSkipped;
        FirstSkips = reader.FirstSkips;
        Damage = reader.Damage;
        _player = FilePlayer.Of(games);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>
    /// The surname that most games of the file share; see <see cref="DominantSurname"/>. Two files can have the same
    /// one: Mikhail and Dmitry Gurevich.
    /// </summary>
    public string Player => _player.Surname;

    /// <summary>The readable games in file order, at least one.</summary>
    public IReadOnlyList<PgnGame> Games { get; }

    /// <summary>How many games were left out.</summary>
    public int GamesSkipped { get; }

    /// <summary>The first games left out and why, at most <see cref="PgnReader.MostSkipsKept"/>.</summary>
    public IReadOnlyList<PgnSkip> FirstSkips { get; }

    /// <summary>Where and why a gzip file could be read no further; null when it was read to its end.</summary>
    public PgnSkip? Damage { get; }

    /// <summary>Reads a PGN file, plain or gzip.</summary>
    /// <exception cref="PgnException">The file is missing, empty, unreadable or without one readable game.</exception>
    public static GameFile Load(string path)
    {
        try
        {
            using var reader = new PgnReader(File.OpenRead(path));
            List<PgnGame> games = [.. reader.ReadGames()];
            return games.Count > 0
                ? new GameFile(path, games, reader)
                : throw PgnErrors.NoGames(path, reader.GamesSkipped, reader.FirstSkips);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw PgnErrors.Unreadable(path, cause);
        }
    }

    /// <summary>
    /// The surname that most of the games share, compared without case; of equals the ordinally smallest. It is
    /// spelled as in the first game that has it. Empty when no game names a player.
    /// </summary>
    public static string DominantSurname(IEnumerable<PgnGame> games) => FilePlayer.Of([.. games]).Surname;

    /// <summary>
    /// The side that <see cref="Player"/> has in a game of this file; null when neither side has that surname. When
    /// both have it, the full name that is more frequent in the file decides, and null means that it cannot.
    /// </summary>
    public Side? SideOfPlayer(PgnGame game) => _player.SideIn(game);
}
