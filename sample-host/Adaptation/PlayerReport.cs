using LoraEdge;
using Rival.Policy;

namespace Rival.Adaptation;

/// <summary>How well one player is predicted before and after adaptation, and what it took.</summary>
public sealed record PlayerReport
{
    /// <summary>The player.</summary>
    public required string Player { get; init; }

    /// <summary>All games of the player.</summary>
    public required int Games { get; init; }

    /// <summary>Own moves that were trained on.</summary>
    public required int TrainingMoves { get; init; }

    /// <summary>The frozen model on the test games.</summary>
    public required PolicyScore Base { get; init; }

    /// <summary>The adapted model on the same.</summary>
    public required PolicyScore Adapted { get; init; }

    /// <summary>Bytes of the adapter file; see <see cref="AdaptedPlayer.Bytes"/>.</summary>
    public required long AdapterBytes { get; init; }

    /// <summary>Bytes of the trained numbers in it.</summary>
    public required long PayloadBytes { get; init; }

    /// <summary>How long training took.</summary>
    public required TimeSpan TrainingTime { get; init; }

    /// <summary>What the training reports of itself.</summary>
    public required TrainingSummary Training { get; init; }

    /// <summary>The adapter's file; null when none is kept.</summary>
    public string? FilePath { get; init; }

    /// <summary>Whether the player's moves became more probable.</summary>
    public bool IsHelped => Adapted.All.Nll < Base.All.Nll;
}
