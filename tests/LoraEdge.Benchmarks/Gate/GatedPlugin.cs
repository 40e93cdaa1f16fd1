using System.Diagnostics;
using LoraEdge.Training;

namespace LoraEdge.Benchmarks.Gate;

/// <summary>
/// A plugin that adapts by itself, in memory, and a host that records a log and ticks. After every
/// <see cref="AdaptationOptions.MinimumNewRecords"/> records the host plays on only when the round is over: what comes of a
/// log then depends on the log alone.
/// </summary>
internal sealed class GatedPlugin : IDisposable
{
    private static readonly AdaptationOptions s_adaptation = new();
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(1), s_longestRound = TimeSpan.FromMinutes(5);

    private readonly LoraEdgePlugin _plugin;

    public GatedPlugin(GateModel model) => _plugin = LoraEdgePlugin.Load(new LoraEdgeOptions
    {
        ModelPath = model.Path,
        Objective = model.Objective,
        Projection = model.Projection,
        Training = model.Training,
        Trainer = new LoraFaTrainer(),
        Adaptation = s_adaptation,
        KeepRecords = false,
        Schedule = new ScheduleOptions { Mode = ScheduleMode.Cooperative },
    });

    /// <summary>Plays many logs, some at a time.</summary>
    /// <param name="model">The model.</param>
    /// <param name="logs">The logs.</param>
    /// <returns>What became of them, in their order.</returns>
    public static GatedLog[] PlayAll(GateModel model, IReadOnlyList<IReadOnlyList<Interaction>> logs)
    {
        var played = new GatedLog[logs.Count];
        int workers = Environment.ProcessorCount;
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, worker =>
        {
            using var plugin = new GatedPlugin(model);
            for (int i = worker; i < logs.Count; i += workers)
                played[i] = plugin.Play($"player {i}", logs[i]);
        });
        return played;
    }

    /// <summary>Plays one log from its beginning.</summary>
    /// <param name="name">The player.</param>
    /// <param name="log">The records, in order; those that the plugin refuses are passed over.</param>
    public GatedLog Play(string name, IReadOnlyList<Interaction> log)
    {
        using Profile profile = _plugin.OpenProfile(name);
        var news = new List<AdaptationNews>();
        profile.Adapted += (_, one) => news.Add(one);
        int accepted = 0;
        foreach (Interaction record in log)
        {
            accepted += TryRecord(profile, record) ? 1 : 0;
            if (accepted % s_adaptation.MinimumNewRecords == 0)
                Finish(profile, accepted);
        }

        _plugin.Tick();
        return new GatedLog(
            accepted,
            [.. news.Where(one => one.Kind == AdaptationEvent.Promoted).Select(one => one.Status.ScoredThrough)],
            profile.Adapter,
            profile.Adaptation);
    }

    /// <inheritdoc />
    public void Dispose() => _plugin.Dispose();

    private static bool TryRecord(Profile profile, Interaction record)
    {
        try
        {
            profile.Record(record.Inputs, record.Target, record.Weight);
            return true;
        }
        catch (InvalidInputException)
        {
            return false;
        }
    }

    private void Finish(Profile profile, int accepted)
    {
        profile.FlushRecords();
        long start = Stopwatch.GetTimestamp();
        while (!IsIdle(profile.Adaptation, accepted))
        {
            if (_plugin.Tick(s_budget).Slices == 0)
                Thread.Sleep(1);
            if (Stopwatch.GetElapsedTime(start) > s_longestRound)
                throw new TimeoutException($"A round of '{profile.Name}' has taken longer than {s_longestRound}: {profile.Adaptation}.");
        }
    }

    private static bool IsIdle(AdaptationStatus status, int accepted)
    {
        if (status.Error is { } error)
            throw new InvalidOperationException($"Adaptation has failed: {error.Message}", error);
        bool isTrained = status.TrainedThrough == status.ScoredThrough || status.IsStopped;
        return isTrained && accepted - status.ScoredThrough < s_adaptation.MinimumNewRecords;
    }
}
