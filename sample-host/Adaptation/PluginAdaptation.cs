using LoraEdge;
using LoraEdge.Training;
using Rival.Policy;

namespace Rival.Adaptation;

/// <summary>
/// Adapts to players as a game does: through the plugin, which trains in the background while a loop of frames runs here. A
/// profile per player takes that player's moves; an event tells when its adapter serves.
/// </summary>
public sealed class PluginAdaptation : IPlayerAdaptation
{
    /// <summary>Moves after which is waited for the log. In a game they come one by one, and nothing waits.</summary>
    private const int FlushInterval = 1000;

    private static readonly TimeSpan s_frame = TimeSpan.FromSeconds(1.0 / 60);

    private readonly LoraEdgePlugin _plugin;
    private readonly AdapterFolder? _folder;

    /// <summary>Loads the plugin.</summary>
    /// <param name="model">The frozen model.</param>
    /// <param name="options">How to train.</param>
    /// <exception cref="LoraEdgeException">An option is out of range, or a native library is missing.</exception>
    public PluginAdaptation(PolicyModel model, AdaptOptions options)
    {
        _folder = options.StorageFolder is { } folder ? new AdapterFolder(folder) : null;
        _plugin = LoraEdgePlugin.Load(new LoraEdgeOptions
        {
            ModelPath = model.Path,
            Objective = PolicyRecord.Objective,
            Trainer = new LoraFaTrainer(),
            Training = options.Training with { Method = options.Kind == AdaptationKind.Lora ? AdaptationMethod.Lora : AdaptationMethod.LoraFa },
            Projection = options.Projection ?? model.Projection(options.Training.Rank),
            InferenceThreads = Environment.ProcessorCount,
        });
    }

    /// <inheritdoc />
    public IReadOnlyList<AdaptedPlayer> Adapt(IReadOnlyList<PlayerLog> logs, Action<PlayerProgress> report, CancellationToken cancellation)
    {
        var profiles = new List<Profile>();
        try
        {
            foreach (PlayerLog log in logs)
                _folder?.RequireReplaceable(log.Name, _plugin.Fingerprint);
            foreach (PlayerLog log in logs)
                profiles.Add(_plugin.OpenProfile(log.Name));
            var results = new TrainingResult?[logs.Count];
            for (int i = 0; i < logs.Count; i++)
                Start(profiles[i], logs[i], report, results, i);
            RunFrames(results, cancellation);
            return [.. profiles.Select((profile, i) => Keep(profile, results[i]!))];
        }
        catch
        {
            profiles.ForEach(profile => profile.Dispose());
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _plugin.Dispose();

    private static void Start(Profile profile, PlayerLog log, Action<PlayerProgress> report, TrainingResult?[] results, int index)
    {
        int recorded = 0;
        foreach (Interaction record in log.Records())
        {
            profile.Record(record.Inputs, record.Target);
            if (++recorded % FlushInterval == 0)
                profile.FlushRecords();
        }

        profile.Progress += (_, progress) => report(new PlayerProgress(log.Name, progress, IsDone: false));
        profile.Completed += (_, result) =>
        {
            results[index] = result;
            report(new PlayerProgress(log.Name, default, IsDone: true));
        };
        profile.StartTraining(log.EarlyStopMoves);
    }

    /// <summary>What would be the game. All that the plugin asks of it is a call in each frame.</summary>
    private void RunFrames(TrainingResult?[] results, CancellationToken cancellation)
    {
        while (results.Any(result => result is null))
        {
            cancellation.ThrowIfCancellationRequested();
            _plugin.Tick();
            Thread.Sleep(s_frame);
        }
    }

    private AdaptedPlayer Keep(Profile profile, TrainingResult result)
    {
        if (result.Adapter is not { } adapter)
            throw result.Error ?? new OperationCanceledException();
        (string? path, long bytes) = _folder is null ? (null, result.Bytes) : _folder.Save(profile.Name, adapter);
        return new AdaptedPlayer(profile)
        {
            Infer = profile.Infer,
            Bytes = bytes,
            PayloadBytes = adapter.Targets.Sum(target => 2L * (target.B.Length + (target.A?.Length ?? 0))),
            TrainingTime = result.Elapsed,
            Training = adapter.Training,
            FilePath = path,
        };
    }
}
