namespace LoraEdge.Benchmarks.Serving;

/// <summary>How fast an adapter is merged into one model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Bytes">Bytes of the merged weights.</param>
/// <param name="Threads">Threads that merge, and that copy.</param>
/// <param name="GigabytesPerSecond">Merged weights written, 10^9 bytes a second; the median.</param>
/// <param name="OverMemcpy">That, over the speed of copying as many bytes: the median of pairs.</param>
/// <param name="Low">Lower end of its 95% interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Pairs">Pairs of timings.</param>
/// <param name="Target">The least that it should be.</param>
internal sealed record MergeCase(string Model, long Bytes, int Threads, double GigabytesPerSecond, double OverMemcpy, double Low, double High, int Pairs, double Target)
{
    /// <inheritdoc />
    public override string ToString() => FormattableString.Invariant(
        $"{Model,-14} {Bytes / 1e6:F1} MB merged at {GigabytesPerSecond:F2} GB/s on {Threads} thread(s), {OverMemcpy:F3} of a copy ({Low:F3} to {High:F3}, {Pairs} pairs), target {Target} or more");
}
