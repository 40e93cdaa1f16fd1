namespace Rival.Chess;

/// <summary>The player whose games a file collects, found from the names alone.</summary>
/// <param name="Surname">The surname most games share; empty when no game names a player.</param>
/// <param name="FullName">The most frequent full spelling that has this surname.</param>
/// <param name="Order">How the file orders names without a comma.</param>
internal sealed record FilePlayer(string Surname, string FullName, NameOrder Order)
{
    internal static FilePlayer Of(IReadOnlyCollection<PgnGame> games)
    {
        NameOrder order = PlayerName.OrderIn(games.SelectMany(NamesIn));
        string surname = MostFrequent(games.SelectMany(game => SurnamesIn(game, order)));
        string fullName = MostFrequent(games.SelectMany(NamesIn).Where(name => IsSame(PlayerName.Surname(name, order), surname)));
        return new FilePlayer(surname, fullName, order);
    }

    internal Side? SideIn(PgnGame game)
    {
        bool isWhite = IsSame(PlayerName.Surname(game.White, Order), Surname);
        bool isBlack = IsSame(PlayerName.Surname(game.Black, Order), Surname);
        if (isWhite && isBlack)
        {
            isWhite = IsSame(game.White, FullName);
            isBlack = IsSame(game.Black, FullName);
        }
        if (isWhite == isBlack)
            return null;
        return isWhite ? Side.White : Side.Black;
    }

    private static IEnumerable<string> NamesIn(PgnGame game) => [game.White, game.Black];

    /// <summary>Each surname once, so that a game between namesakes counts as one game.</summary>
    private static IEnumerable<string> SurnamesIn(PgnGame game, NameOrder order) =>
        NamesIn(game).Select(name => PlayerName.Surname(name, order)).Distinct(StringComparer.OrdinalIgnoreCase);

    private static string MostFrequent(IEnumerable<string> texts) =>
        texts
            .Where(static text => text is not ("" or "?"))
            .GroupBy(static text => text, StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(static group => group.Count())
            .ThenBy(static group => group.Key, StringComparer.OrdinalIgnoreCase)
            .Select(static group => group.Key)
            .FirstOrDefault("");

    private static bool IsSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
