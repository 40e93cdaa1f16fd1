namespace LoraEdge;

/// <summary>What <see cref="InteractionLog.Erase"/> removed.</summary>
/// <param name="Records">Records, with those that were still waiting.</param>
/// <param name="Bytes">Bytes on disk.</param>
/// <param name="Files">Full paths of the files.</param>
public sealed record LogErasure(long Records, long Bytes, IReadOnlyList<string> Files);
