namespace LoraEdge.Fuzz.Tests;

/// <summary>One thing to try.</summary>
/// <param name="Description">What it is made from, and what was done to it.</param>
/// <param name="Stages">What is tried, in order, each whatever came of the ones before.</param>
internal sealed record FuzzCase(string Description, IEnumerable<(string Name, Action Run)> Stages);
