using LoraEdge;

namespace Rival.Adaptation;

/// <summary>News of one player's training.</summary>
/// <param name="Player">The player's name.</param>
/// <param name="Training">How far training is; all zero when it has not begun, or has ended.</param>
/// <param name="IsDone">Whether it has ended.</param>
public readonly record struct PlayerProgress(string Player, TrainingProgress Training, bool IsDone);
