using System.Globalization;
using Rival.Adaptation;
using Rival.Policy;
using Spectre.Console;

namespace Rival.Display;

/// <summary>Players' scores before and after, over all plies and in the opening.</summary>
internal static class ScoreTable
{
    /// <summary>Builds the table, with a last row for all players together when there are several.</summary>
    public static Table Of(IReadOnlyList<PlayerReport> players)
    {
        Table table = new Table { Border = TableBorder.Simple }.AddColumns("player", "plies");
        foreach (string name in new[] { "moves", "top-1 base", "adapted", "NLL base", "adapted" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (PlayerReport player in players)
            AddRows(table, player.Player, player.Base, player.Adapted);
        if (players.Count > 1)
            AddRows(table, "together", Sum(players, player => player.Base), Sum(players, player => player.Adapted));
        return table;
    }

    private static PolicyScore Sum(IReadOnlyList<PlayerReport> players, Func<PlayerReport, PolicyScore> of) =>
        players.Aggregate(default(PolicyScore), (sum, player) => sum + of(player));

    private static void AddRows(Table table, string name, PolicyScore before, PolicyScore after)
    {
        AddRow(table, name, "all", before.All, after.All);
        AddRow(table, "", $"first {PolicyScore.OpeningPlies}", before.Opening, after.Opening);
    }

    private static void AddRow(Table table, string name, string plies, MoveScore before, MoveScore after) => table.AddRow(
        new Text(name), new Text(plies), new Text(before.Moves.ToString(CultureInfo.InvariantCulture)),
        new Text($"{before.Accuracy:0.0%}"), new Text($"{after.Accuracy:0.0%}"), new Text($"{before.Nll:F3}"), new Text($"{after.Nll:F3}"));
}
