using Rival.Adaptation;
using Rival.Chess;
using Rival.Display;
using Rival.Policy;
using Spectre.Console;

namespace Rival.Commands;

/// <summary>What <c>adapt</c> does: one player after the other, then the report over all of them.</summary>
internal sealed class GamesAdaptation
{
    /// <summary>A PGN file or a directory.</summary>
    public required string Games { get; init; }

    /// <summary>Whose games; null for the player that most of a file's games share.</summary>
    public required string? Player { get; init; }

    /// <summary>The most own moves to learn from.</summary>
    public required int MaxMoves { get; init; }

    /// <summary>The frozen model; null for the one that comes with the game.</summary>
    public required string? ModelPath { get; init; }

    /// <summary>How to train.</summary>
    public required AdaptOptions Options { get; init; }

    /// <summary>Whether standard output is the JSON object and nothing else.</summary>
    public required bool JsonOnly { get; init; }

    /// <summary>Runs the command.</summary>
    public int Run(CancellationToken cancellation)
    {
        PolicyModel model = PolicyModel.Load(ModelPath);
        if (Options.StorageFolder is { } folder)
            OutputFolder.Prepare("--out", folder);
        var reports = new List<PlayerReport>();
        using (var study = new PlayerStudy(model))
        using (IPlayerAdaptation method = study.Method(Options))
        {
            foreach (PlayerLog log in PlayerSource.Logs(Games, Player, MaxMoves, PassOver, ReportLosses))
                reports.Add(Adapt(study, method, log, cancellation));
        }

        if (!JsonOnly)
            Consoles.Out().Write(ScoreTable.Of(reports));
        Console.Out.WriteLine(AdaptationReport.Of(reports, Options).ToJson());
        return 0;
    }

    private static PlayerReport Adapt(PlayerStudy study, IPlayerAdaptation method, PlayerLog log, CancellationToken cancellation)
    {
        Console.Error.WriteLine($"{log.Name}: {log.GameCount} games; {log.TrainingMoves} moves to learn from, {log.EarlyStopMoves} to stop early, {log.TestMoves} to test on");
        PolicyScore before = study.ScoreBase(log, cancellation);
        PlayerReport report = TrainingDisplay.Run(Consoles.Error(), [log.Name], show => study.Run(method, log, before, show, cancellation));
        Console.Error.WriteLine($"{log.Name}: NLL {before.All.Nll:F4} -> {report.Adapted.All.Nll:F4}, opening {before.Opening.Nll:F4} -> {report.Adapted.Opening.Nll:F4}; {report.AdapterBytes} bytes in {report.TrainingTime.TotalSeconds:F1} s");
        return report;
    }

    private static void ReportLosses(GameFile file)
    {
        if (file.GamesSkipped == 0)
            return;
        string damage = file.Damage is { } broken && broken != file.FirstSkips[0] ? $"; {broken}" : "";
        Console.Error.WriteLine($"left out {file.GamesSkipped} of {file.GamesSkipped + file.Games.Count} games in '{file.Path}', the first at {file.FirstSkips[0]}{damage}");
    }

    private static void PassOver(PgnException problem) => Console.Error.WriteLine($"passed over: {problem.Message}");
}
