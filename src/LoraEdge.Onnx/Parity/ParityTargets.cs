namespace LoraEdge.Onnx.Parity;

/// <summary>What two executions of a model are compared by.</summary>
/// <param name="Compared">
/// Every output without randomness, in the model's order; then, in place of the others, the values that those are made from.
/// </param>
/// <param name="Excluded">Outputs behind a random operator.</param>
public sealed record ParityTargets(IReadOnlyList<string> Compared, IReadOnlyList<string> Excluded)
{
    /// <summary>Looks through a model.</summary>
    /// <param name="graph">The model's graph.</param>
    /// <param name="besides">Further values to compare, for example the objective's; random ones are left out. Default: none.</param>
    public static ParityTargets Of(OnnxGraph graph, params string[] besides)
    {
        var random = new RandomValues(graph);
        string[] outputs = [.. graph.Outputs.Select(output => output.Name)];
        string[] excluded = [.. outputs.Where(random.Contains)];
        IEnumerable<string> compared = outputs.Concat(besides).Where(value => !random.Contains(value)).Concat(random.SourcesOf(excluded));
        return new ParityTargets([.. compared.Distinct(StringComparer.Ordinal)], excluded);
    }
}
