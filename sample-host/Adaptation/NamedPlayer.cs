using Rival.Chess;

namespace Rival.Adaptation;

/// <summary>Finds the games of a player whom the user named.</summary>
internal static class NamedPlayer
{
    /// <summary>The games in which one side, and only one, has the name.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">A surname, or a whole name in any common order; without regard to case.</param>
    /// <exception cref="PgnException">No game of the file has a player of that name.</exception>
    public static PlayerGames In(GameFile file, string name)
    {
        string[] candidates = [name.Trim(), PlayerName.Surname(name)];
        foreach (string candidate in candidates.Where(candidate => candidate.Length > 0))
        {
            PlayedGame[] games = [.. file.Games.Select(game => Find(game, candidate)).OfType<PlayedGame>()];
            if (games.Length > 0)
                return new PlayerGames(candidate, file.Path, games);
        }

        throw new PgnException(file.Path, $"The file '{file.Path}' holds no game of '{name}' among its {file.Games.Count}; most games in it are of '{file.Player}'. Give --player a surname as the file spells it.");
    }

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
