namespace LoraEdge;

/// <summary>What was removed when a player was forgotten.</summary>
/// <param name="Files">Paths of the adapter files that were deleted, of all devices and generations.</param>
/// <param name="Records">Records of the log that were deleted.</param>
/// <param name="LogBytes">Bytes that the log took.</param>
public sealed record ForgottenPlayer(IReadOnlyList<string> Files, long Records, long LogBytes);
