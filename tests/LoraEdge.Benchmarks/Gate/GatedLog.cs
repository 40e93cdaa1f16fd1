namespace LoraEdge.Benchmarks.Gate;

/// <summary>What became of a log.</summary>
/// <param name="Records">Records that were accepted.</param>
/// <param name="PromotedAt">How many records had been seen at each promotion.</param>
/// <param name="Served">What is served in the end; null for the base.</param>
/// <param name="Status">How far adaptation has come.</param>
internal sealed record GatedLog(int Records, IReadOnlyList<long> PromotedAt, Adapter? Served, AdaptationStatus Status)
{
    /// <summary>Whether a candidate was promoted by so many records.</summary>
    public bool IsPromotedBy(int records) => PromotedAt.Count > 0 && PromotedAt[0] <= records;
}
