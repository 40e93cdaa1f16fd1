using System.Diagnostics;
using LoraEdge;
using Rival.Adaptation;
using Rival.Display;
using Rival.Policy;
using Rival.Simulation;
using Spectre.Console;

namespace Rival.Commands;

/// <summary>What the program does without a command: play simulated games, learn from them in the background, measure.</summary>
/// <param name="modelPath">The frozen model; null for the one that comes with the game.</param>
/// <param name="store">Folder for adapters; null for one per model in the user's data.</param>
/// <param name="gamesEach">Games of each player.</param>
/// <param name="seed">Seed of games and training.</param>
internal sealed class SimulatedAdaptation(string? modelPath, string? store, int gamesEach, int seed)
{
    /// <summary>Runs the job.</summary>
    public int Run(CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        PolicyModel model = PolicyModel.Load(modelPath);
        string folder = store ?? DefaultStore.Of(model);
        OutputFolder.Prepare("--store", folder);
        Introduce(model);
        IReadOnlyList<PlayerLog> logs = Play(model, cancellation);
        IReadOnlyList<PlayerReport> reports = Adapt(model, folder, logs, cancellation);
        Conclude(reports, watch.Elapsed);
        return 0;
    }

    private static void Introduce(PolicyModel model)
    {
        Console.WriteLine($"One frozen model ({model.Path}, {new FileInfo(model.Path).Length} bytes) and three simulated players:");
        foreach (SimulatedPlayer player in SimulatedPlayer.All)
            Console.WriteLine($"  {player.Name}: {player.Description}");
    }

    private IReadOnlyList<PlayerLog> Play(PolicyModel model, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        using var session = model.Serve();
        IReadOnlyList<PlayerGames> players = SimulatedGames.Play(session.Run, SimulatedPlayer.All, gamesEach, seed, cancellation);
        Console.WriteLine($"Played {players.Sum(player => player.Games.Count)} games against the frozen model in {watch.Elapsed.TotalSeconds:F1} s (seed {seed}).");
        return [.. players.Select(player => PlayerLog.Split(player, int.MaxValue))];
    }

    private IReadOnlyList<PlayerReport> Adapt(PolicyModel model, string folder, IReadOnlyList<PlayerLog> logs, CancellationToken cancellation)
    {
        Console.WriteLine("Learning in the background, while a loop of 60 frames a second runs:");
        using var study = new PlayerStudy(model);
        using IPlayerAdaptation method = study.Method(new AdaptOptions
        {
            StorageFolder = folder,
            // Tastes are further from the frozen model than real players are, so a step may be larger than by default.
            Training = new TrainingOptions { SamplingSeed = (ulong)seed, LearningRate = 3e-3 },
        });
        PolicyScore[] before = [.. logs.Select(log => study.ScoreBase(log, cancellation))];
        return TrainingDisplay.Run(Consoles.Out(), logs.Select(log => log.Name), show => study.Run(method, logs, before, show, cancellation));
    }

    private static void Conclude(IReadOnlyList<PlayerReport> reports, TimeSpan elapsed)
    {
        Console.WriteLine("On later games of theirs, which nobody trained on:");
        Consoles.Out().Write(ScoreTable.Of(reports));
        foreach (PlayerReport report in reports)
            Console.WriteLine($"{report.Player}: {report.AdapterBytes} bytes, learned from {report.TrainingMoves} moves in {report.TrainingTime.TotalSeconds:F1} s: {report.FilePath}");
        Console.WriteLine($"Done in {elapsed.TotalSeconds:F1} s. The players are simulated; for games of real ones: adapt --games FILE.pgn");
    }
}
