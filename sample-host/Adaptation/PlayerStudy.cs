using LoraEdge.Inference;
using Rival.Policy;

namespace Rival.Adaptation;

/// <summary>
/// Measures adaptation: scores the frozen model on games that nobody trains on, adapts, and scores again through the
/// session that serves. Nothing decides whether the result is good enough: the candidate itself is measured.
/// </summary>
public sealed class PlayerStudy : IDisposable
{
    private readonly PolicyModel _model;
    private readonly MergedSession _base;
    private readonly PolicyEvaluator _evaluator = new();

    /// <summary>Opens the base session.</summary>
    /// <param name="model">The frozen model.</param>
    public PlayerStudy(PolicyModel model)
    {
        _model = model;
        _base = model.Serve();
    }

    /// <summary>A way to adapt, as the options have it.</summary>
    /// <param name="options">How to train.</param>
    /// <returns>The caller's to dispose; serves any number of players.</returns>
    public IPlayerAdaptation Method(AdaptOptions options) =>
        options.Kind == AdaptationKind.Full ? new FullAdaptation(_model, options) : new PluginAdaptation(_model, options);

    /// <summary>The frozen model's score on a player's test games. Does not depend on the method: compute it once per player.</summary>
    /// <param name="log">The player.</param>
    /// <param name="cancellation">Checked now and then.</param>
    public PolicyScore ScoreBase(PlayerLog log, CancellationToken cancellation = default) => _evaluator.Score(_base.Run, log.TestDecisions, cancellation);

    /// <summary>Adapts to players and scores the result.</summary>
    /// <param name="method">From <see cref="Method"/>.</param>
    /// <param name="logs">The players; names differ.</param>
    /// <param name="baseScores">What <see cref="ScoreBase"/> says of each.</param>
    /// <param name="report">Told how training goes, on the calling thread.</param>
    /// <param name="cancellation">Ends it after the step in progress.</param>
    /// <returns>In the order of <paramref name="logs"/>.</returns>
    public IReadOnlyList<PlayerReport> Run(IPlayerAdaptation method, IReadOnlyList<PlayerLog> logs, IReadOnlyList<PolicyScore> baseScores,
        Action<PlayerProgress>? report = null, CancellationToken cancellation = default)
    {
        IReadOnlyList<AdaptedPlayer> adapted = method.Adapt(logs, report ?? (_ => { }), cancellation);
        try
        {
            return [.. logs.Select((log, i) => Report(log, baseScores[i], adapted[i], cancellation))];
        }
        finally
        {
            foreach (AdaptedPlayer player in adapted)
                player.Dispose();
        }
    }

    /// <summary>As the other, for one player.</summary>
    /// <param name="method">From <see cref="Method"/>.</param>
    /// <param name="log">The player.</param>
    /// <param name="baseScore">What <see cref="ScoreBase"/> says.</param>
    /// <param name="report">Told how training goes, on the calling thread.</param>
    /// <param name="cancellation">Ends it after the step in progress.</param>
    public PlayerReport Run(IPlayerAdaptation method, PlayerLog log, PolicyScore baseScore, Action<PlayerProgress>? report = null, CancellationToken cancellation = default) =>
        Run(method, [log], [baseScore], report, cancellation)[0];

    /// <inheritdoc />
    public void Dispose() => _base.Dispose();

    private PlayerReport Report(PlayerLog log, PolicyScore baseScore, AdaptedPlayer adapted, CancellationToken cancellation) => new()
    {
        Player = log.Name,
        Games = log.GameCount,
        TrainingMoves = log.TrainingMoves,
        Base = baseScore,
        Adapted = _evaluator.Score(adapted.Infer, log.TestDecisions, cancellation),
        AdapterBytes = adapted.Bytes,
        PayloadBytes = adapted.PayloadBytes,
        TrainingTime = adapted.TrainingTime,
        Training = adapted.Training,
        FilePath = adapted.FilePath,
    };
}
