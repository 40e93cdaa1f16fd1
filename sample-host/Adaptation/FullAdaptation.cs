using System.Diagnostics;
using LoraEdge;
using LoraEdge.Inference;
using LoraEdge.Training;
using Rival.Policy;

namespace Rival.Adaptation;

/// <summary>Trains all weights for each player: no way to ship a game, but the yardstick for what an adapter leaves out.</summary>
/// <param name="model">The frozen model.</param>
/// <param name="options">How to train.</param>
public sealed class FullAdaptation(PolicyModel model, AdaptOptions options) : IPlayerAdaptation
{
    private const int BytesPerWeight = 2;

    /// <inheritdoc />
    public IReadOnlyList<AdaptedPlayer> Adapt(IReadOnlyList<PlayerLog> logs, Action<PlayerProgress> report, CancellationToken cancellation)
    {
        var adapted = new List<AdaptedPlayer>();
        try
        {
            foreach (PlayerLog log in logs)
            {
                report(new PlayerProgress(log.Name, default, IsDone: false));
                adapted.Add(Adapt(log, cancellation));
                report(new PlayerProgress(log.Name, default, IsDone: true));
            }

            return adapted;
        }
        catch
        {
            adapted.ForEach(player => player.Dispose());
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private AdaptedPlayer Adapt(PlayerLog log, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        (IReadOnlyDictionary<string, float[]> weights, TrainingSummary summary) = FullFineTuning.Run(Request(log), cancellation);
        MergedSession session = model.Serve(weights);
        long bytes = weights.Values.Sum(values => (long)values.Length * BytesPerWeight);
        return new AdaptedPlayer(session)
        {
            Infer = session.Run,
            Bytes = bytes,
            PayloadBytes = bytes,
            TrainingTime = watch.Elapsed,
            Training = summary,
        };
    }

    private TrainingRequest Request(PlayerLog log)
    {
        Interaction[] records = [.. log.Records()];
        return new TrainingRequest
        {
            ModelPath = model.Path,
            Objective = PolicyRecord.Objective,
            Records = records[..^log.EarlyStopMoves],
            HeldOut = records[^log.EarlyStopMoves..],
            Options = options.Training,
        };
    }
}
