using Rival.Adaptation;
using Rival.Policy;

namespace LoraEdge.Benchmarks.Personalization;

/// <summary>Runs one setting over many players, one player per processor at a time.</summary>
internal sealed class Study(PolicyModel model)
{
    /// <summary>The base model's score of each player.</summary>
    public IReadOnlyList<PolicyScore> ScoreBase(IReadOnlyList<PlayerLog> logs)
    {
        var scores = new PolicyScore[logs.Count];
        ForEach(logs.Count, i =>
        {
            using var study = new PlayerStudy(model);
            scores[i] = study.ScoreBase(logs[i]);
        });
        return scores;
    }

    /// <summary>Adapts to every player.</summary>
    public IReadOnlyList<PlayerReport> Run(AdaptationOptions options, IReadOnlyList<PlayerLog> logs, IReadOnlyList<PolicyScore> baseScores)
    {
        var reports = new PlayerReport[logs.Count];
        ForEach(logs.Count, i =>
        {
            using var study = new PlayerStudy(model);
            using IPlayerAdaptation method = study.Method(options);
            reports[i] = study.Run(method, logs[i], baseScores[i]);
        });
        return reports;
    }

    private static void ForEach(int count, Action<int> work) =>
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, work);
}
