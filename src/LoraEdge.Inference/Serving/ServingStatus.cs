namespace LoraEdge.Inference;

/// <summary>How many players are served in which way.</summary>
/// <param name="Base">Players without an adapter.</param>
/// <param name="Merged">Players with a session of their own.</param>
/// <param name="InPlace">Players with buffers of their own.</param>
/// <param name="Attached">Players in the tables.</param>
/// <param name="MergedBytes">Memory of merged weights, as it is counted against <see cref="ServingOptions.MergedMegabytes"/>.</param>
public sealed record ServingStatus(int Base, int Merged, int InPlace, int Attached, long MergedBytes);
