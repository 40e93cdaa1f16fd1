namespace LoraEdge;

/// <summary>How a candidate does in the shadow of what is served, before it is promoted.</summary>
/// <param name="Records">Records scored since evidence started, repetitions and unusable ones included.</param>
/// <param name="EffectiveRecords">What they are worth, with weights below 1 and repetitions counted for less.</param>
/// <param name="UnusableRecords">Records left out because base or adapter in use gave no finite loss.</param>
/// <param name="OverBase">The candidate against the base.</param>
/// <param name="OverUsed">The candidate against the adapter in use; null when none is.</param>
/// <param name="EvidenceNeeded">The evidence that promotion takes, against each of the two.</param>
public sealed record ShadowScore(long Records, double EffectiveRecords, long UnusableRecords, Advantage OverBase, Advantage? OverUsed, double EvidenceNeeded);
