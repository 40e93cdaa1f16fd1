using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Rival.Adaptation;
using Rival.Policy;

namespace LoraEdge.Benchmarks.Personalization;

/// <summary>Runs one setting over many players, one player per processor at a time.</summary>
internal sealed class Study(PolicyModel model)
{
    private readonly ConcurrentDictionary<string, PolicyScore> _baseScores = new(StringComparer.Ordinal);

    /// <summary>The base model's score of each player. Test games do not depend on how many moves are learned from, so it is computed once a player.</summary>
    public IReadOnlyList<PolicyScore> ScoreBase(IReadOnlyList<PlayerLog> logs)
    {
        PlayerLog[] unknown = [.. logs.Where(log => !_baseScores.ContainsKey(log.Source))];
        ForEach(unknown.Length, i =>
        {
            using var study = new PlayerStudy(model);
            _baseScores[unknown[i].Source] = study.ScoreBase(unknown[i]);
        });
        return [.. logs.Select(log => _baseScores[log.Source])];
    }

    /// <summary>Adapts to every player.</summary>
    public IReadOnlyList<PlayerReport> Run(AdaptOptions options, IReadOnlyList<PlayerLog> logs, IReadOnlyList<PolicyScore> baseScores)
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

    private static void ForEach(int count, Action<int> work)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, work);
        }
        catch (AggregateException errors)
        {
            // One error of one player, as the same work in a plain loop would have given it.
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }
    }
}
