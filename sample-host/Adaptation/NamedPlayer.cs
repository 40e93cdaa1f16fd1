using Rival.Chess;

namespace Rival.Adaptation;

/// <summary>Collects the games of a player whom the user named: those in which one side, and only one, has the name.</summary>
/// <param name="name">A surname, or a whole name in any common order; without regard to case.</param>
internal sealed class NamedPlayer(string name)
{
    // Games that have the name as it was given go before those that have its surname.
    private readonly (string Name, List<PlayedGame> Games)[] _spellings = [(name.Trim(), []), (PlayerName.Surname(name), [])];

    /// <summary>Adds a file's games of the player.</summary>
    public void LookIn(GameFile file)
    {
        foreach ((string spelling, List<PlayedGame> games) in _spellings.Where(spelling => spelling.Name.Length > 0))
            games.AddRange(file.Games.Select(game => Find(game, spelling)).OfType<PlayedGame>());
    }

    /// <summary>What has been found; null for nothing.</summary>
    /// <param name="source">Where the games come from, for messages.</param>
    public PlayerGames? Found(string source) =>
        _spellings.Where(spelling => spelling.Games.Count > 0).Select(spelling => new PlayerGames(spelling.Name, source, spelling.Games)).FirstOrDefault();

    private static PlayedGame? Find(PgnGame game, string name)
    {
        bool isWhite = Is(game.White, name);
        bool isBlack = Is(game.Black, name);
        return isWhite == isBlack ? null : new PlayedGame(game, isWhite ? Side.White : Side.Black);
    }

    /// <summary>Either order of a written name is tried: the user knows how the player is called, a file need not be of one mind.</summary>
    private static bool Is(string written, string name) =>
        written.Equals(name, StringComparison.OrdinalIgnoreCase)
        || PlayerName.Surname(written, NameOrder.ForenameFirst).Equals(name, StringComparison.OrdinalIgnoreCase)
        || PlayerName.Surname(written, NameOrder.SurnameFirst).Equals(name, StringComparison.OrdinalIgnoreCase);
}
