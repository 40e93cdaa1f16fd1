namespace Rival.Chess;

/// <summary>Orders of games.</summary>
public static class GameOrder
{
    /// <summary>By date, games of the same date in the order they came in; see <see cref="PgnDate"/> for partial dates.</summary>
    public static IReadOnlyList<PgnGame> ByDate(IEnumerable<PgnGame> games) =>
        [.. games.OrderBy(static game => PgnDate.Parse(game.Date))];
}
