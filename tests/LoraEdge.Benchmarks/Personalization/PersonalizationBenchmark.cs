using Rival.Adaptation;
using Rival.BaseModel;
using Rival.Chess;
using Rival.Policy;

namespace LoraEdge.Benchmarks.Personalization;

/// <summary>
/// How much better each method predicts players whom the base model has never seen, and how that grows with the number of
/// the player's moves.
/// </summary>
internal static class PersonalizationBenchmark
{
    private const int MaxMoves = 4000;
    private const int PlayersByDefault = 8;
    private static readonly int[] s_moveCounts = [100, 300, 1000, MaxMoves];

    /// <summary>Runs it.</summary>
    public static object Run(BenchmarkRun run)
    {
        PolicyModel model = PolicyModel.Load();
        var study = new Study(model);
        IReadOnlyList<LearningRateTuning.Trial>? tuning = run.Full ? Tune(run, study) : null;
        string[] files = TestFiles(run);
        IReadOnlyList<PlayerLog> logs = Logs(files, MaxMoves, run);
        IReadOnlyList<PolicyScore> baseScores = study.ScoreBase(logs);
        PolicyScore baseScore = Row.Pool(baseScores);
        run.Print($"{logs.Count} players, {baseScore.All.Moves} test moves; base: NLL {baseScore.All.Nll:F4}, top-1 {baseScore.All.Accuracy:P2}; opening NLL {baseScore.Opening.Nll:F4}, top-1 {baseScore.Opening.Accuracy:P2}");
        Row[] methods = [.. Method.All.Select(method =>
        {
            double learningRate = tuning is null ? method.LearningRate : LearningRateTuning.Best(tuning, method);
            return Report(run, Row.Of(method.Name, learningRate, study.Run(method.Options(learningRate), logs, baseScores)));
        })];
        Row[] byMoves = [.. s_moveCounts.Select(count => count == MaxMoves
            ? methods[0] with { Name = $"{count} moves" }
            : Report(run, ByMoves(run, study, files, count, methods[0].LearningRate)))];
        return new
        {
            players = logs.Count,
            testMoves = baseScore.All.Moves,
            @base = new { nll = baseScore.All.Nll, accuracy = baseScore.All.Accuracy, openingNll = baseScore.Opening.Nll, openingAccuracy = baseScore.Opening.Accuracy },
            methods,
            byMoves,
            rank1ShareOfBestGain = methods[0].NllGain / methods.Max(method => method.NllGain),
            tuning,
            names = logs.Select(log => log.Name),
        };
    }

    private static Row ByMoves(BenchmarkRun run, Study study, string[] files, int count, double learningRate)
    {
        IReadOnlyList<PlayerLog> logs = Logs(files, count, run);
        return Row.Of($"{count} moves", learningRate, study.Run(Method.All[0].Options(learningRate), logs, study.ScoreBase(logs)));
    }

    private static IReadOnlyList<LearningRateTuning.Trial> Tune(BenchmarkRun run, Study study) =>
        LearningRateTuning.Run(study, Logs(TuningFiles(run), MaxMoves, run), run.Progress);

    /// <summary>Players who are in neither the base model nor the test: those to choose settings with.</summary>
    internal static string[] TuningFiles(BenchmarkRun run) =>
        [.. PgnCollection.PgnFilesIn(Path.Combine(run.Data.Shared, "chess")).Where(file => PlayerSplit.RoleOf(file) == PlayerRole.Tuning)];

    /// <summary>The held-out players, or everyone in a folder that was given; a spread of them unless all are wanted.</summary>
    internal static string[] TestFiles(BenchmarkRun run)
    {
        DataFolder folder = run.Data.Folder("chess");
        string[] files = [.. PgnCollection.PgnFilesIn(folder.Path).Where(file => folder.IsGiven || PlayerSplit.RoleOf(file) == PlayerRole.HeldOut)];
        if (files.Length == 0)
            throw new PgnException(folder.Path, $"The folder '{folder.Path}' holds no .pgn or .pgn.gz file of a player to test on. Pass a folder with others to --data.");
        if (run.Full || files.Length <= PlayersByDefault)
            return files;
        return [.. Enumerable.Range(0, PlayersByDefault).Select(i => files[i * files.Length / PlayersByDefault])];
    }

    /// <summary>The players of some files, at least one.</summary>
    internal static IReadOnlyList<PlayerLog> Logs(string[] files, int maxMoves, BenchmarkRun run)
    {
        var logs = new List<PlayerLog>();
        PgnException? last = null;
        foreach (string file in files)
        {
            try
            {
                logs.AddRange(PlayerSource.Logs(file, null, maxMoves, _ => { }));
            }
            catch (PgnException problem)
            {
                last = problem;
                run.Progress($"passed over: {problem.Message}");
            }
        }

        return logs.Count > 0 ? logs : throw new PgnException(last?.Path ?? "", $"None of {files.Length} players can be used. The last: {last?.Message}", last);
    }

    private static Row Report(BenchmarkRun run, Row row)
    {
        run.Print($"{row.Name,-26} lr {row.LearningRate:G2}  NLL {row.Nll:F4} (gain {row.NllGain:+0.0000;-0.0000})  top-1 {row.Accuracy:P2}  opening NLL {row.OpeningNll:F4} (gain {row.OpeningNllGain:+0.0000;-0.0000})  top-1 {row.OpeningAccuracy:P2}  helped {row.HelpedShare:P0}  {row.MedianBytes:F0} bytes  {row.MedianTrainSeconds:F1} s");
        return row;
    }
}
