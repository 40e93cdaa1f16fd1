namespace LoraEdge;

/// <summary>What was removed when a player was forgotten.</summary>
/// <param name="Files">Paths of the files that were deleted.</param>
/// <param name="Vector">The records that do not count any more.</param>
public sealed record ForgottenProfile(IReadOnlyList<string> Files, VersionVector Vector);
