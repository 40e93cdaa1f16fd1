using LoraEdge;

namespace Rival.Adaptation;

/// <summary>How players are adapted to.</summary>
public sealed record AdaptOptions
{
    /// <summary>What is trained. Default: LoRA-FA.</summary>
    public AdaptationKind Kind { get; init; }

    /// <summary>Rank, learning rate and all else; its method is set from <see cref="Kind"/>.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Where the frozen A comes from. Default: null, from what <see cref="Policy.PolicyModel.Projection"/> finds beside the model.</summary>
    public IProjectionSource? Projection { get; init; }

    /// <summary>Folder that keeps the adapters. Default: null, none is kept. Without meaning for <see cref="AdaptationKind.Full"/>.</summary>
    public string? StorageFolder { get; init; }
}
