namespace LoraEdge.Benchmarks.Serving;

/// <summary>A ratio of one model and batch.</summary>
/// <param name="Figure">Which ratio.</param>
/// <param name="Model">The model.</param>
/// <param name="Batch">Rows.</param>
/// <param name="Tokens">Tokens in each row; null for a model without.</param>
/// <param name="Value">The median ratio.</param>
/// <param name="Low">Lower end of its 95% interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Pairs">Pairs of timings.</param>
/// <param name="Target">The most that it should be.</param>
/// <param name="IsAim">Whether that is an aim and no target, so that the case does not enter the figure over all models.</param>
internal sealed record LatencyCase(string Figure, string Model, int Batch, int? Tokens, double Value, double Low, double High, int Pairs, double Target, bool IsAim)
{
    /// <summary>A case as it was measured.</summary>
    public static LatencyCase Of(string figure, ServedModel model, int batch, PairedRatio ratio, double target, bool isAim = false) =>
        new(figure, model.Name, batch, model.Tokens(batch), ratio.Median, ratio.Low, ratio.High, ratio.Pairs, target, isAim);

    /// <summary>The largest ratio among those that carry a target.</summary>
    public static double Worst(IEnumerable<LatencyCase> cases, string figure) => cases.Where(one => one.Figure == figure && !one.IsAim).Max(one => one.Value);

    /// <inheritdoc />
    public override string ToString() => FormattableString.Invariant($"{Model,-14} batch {Batch,3}  {Figure,-19} {Value:F3} ({Low:F3} to {High:F3}, {Pairs} pairs), {(IsAim ? "aim" : "target")} {Target}");
}
