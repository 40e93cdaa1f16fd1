using LoraEdge;

namespace Rival.Adaptation;

/// <summary>A way to adapt the frozen model to players.</summary>
public interface IPlayerAdaptation : IDisposable
{
    /// <summary>Trains for each of some players, and returns when all are done.</summary>
    /// <param name="logs">The players; names differ.</param>
    /// <param name="report">Told how it goes, on the calling thread.</param>
    /// <param name="cancellation">Ends training after the step in progress.</param>
    /// <returns>In the order of <paramref name="logs"/>; the caller's to dispose, before this.</returns>
    /// <exception cref="LoraEdgeException">Training cannot be done with this model or these options.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is stored of a training that had not ended.</exception>
    IReadOnlyList<AdaptedPlayer> Adapt(IReadOnlyList<PlayerLog> logs, Action<PlayerProgress> report, CancellationToken cancellation);
}
