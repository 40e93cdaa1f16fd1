namespace LoraEdge.Benchmarks;

/// <summary>A folder of the data, and where it was found.</summary>
/// <param name="Path">The folder.</param>
/// <param name="IsGiven">Whether it lies in the folder that was given: then everybody in it counts as held out. In the project's own data only those do whom the base model's split holds out.</param>
internal readonly record struct DataFolder(string Path, bool IsGiven);
