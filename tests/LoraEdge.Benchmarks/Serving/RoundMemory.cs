namespace LoraEdge.Benchmarks.Serving;

/// <summary>Memory after a round of profiles, all of them closed and the garbage collected.</summary>
/// <param name="Round">Its number, from 1.</param>
/// <param name="ResidentBytes">Resident memory of the process.</param>
/// <param name="ManagedBytes">Managed memory in use.</param>
internal sealed record RoundMemory(int Round, long ResidentBytes, long ManagedBytes);
