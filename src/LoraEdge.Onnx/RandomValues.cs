namespace LoraEdge.Onnx;

/// <summary>Which values of a graph differ from run to run, because a random operator is among their ancestors.</summary>
public sealed class RandomValues
{
    private readonly OnnxGraph _graph;
    private readonly HashSet<string> _random = new(StringComparer.Ordinal);
    private readonly HashSet<string> _fed;

    /// <summary>Goes through a graph once.</summary>
    public RandomValues(OnnxGraph graph)
    {
        _graph = graph;
        _fed = new(graph.Inputs.Select(input => input.Name), StringComparer.Ordinal);
        foreach (OnnxNode node in graph.Nodes)
        {
            if (RandomOperators.Contains(node) || Reads(node).Any(_random.Contains))
                _random.UnionWith(node.Outputs);
            if (Reads(node).Any(_fed.Contains))
                _fed.UnionWith(node.Outputs);
        }
    }

    /// <summary>Whether a value is random or computed from one that is.</summary>
    public bool Contains(string value) => _random.Contains(value);

    /// <summary>
    /// What some random values are made from: the values without randomness that the random nodes before them, and the nodes
    /// behind those, read. Comparing these compares all of the graph that can be compared.
    /// </summary>
    /// <param name="values">Random values; others have no sources.</param>
    /// <returns>Values that depend on the model's inputs and are not inputs themselves, in execution order.</returns>
    public IReadOnlyList<string> SourcesOf(IEnumerable<string> values) => Sources(values, node => node.Outputs.Any(Contains));

    /// <summary>The same, of the random nodes alone: what a policy draws its action from, and not how it scales the noise.</summary>
    /// <param name="value">A random value.</param>
    public IReadOnlyList<string> DrawnFrom(string value) => Sources([value], RandomOperators.Contains);

    private string[] Sources(IEnumerable<string> values, Func<OnnxNode, bool> readers) =>
    [
        .. _graph.AncestorsOf(values.Where(Contains)).Where(readers).SelectMany(Reads)
            .Where(source => !Contains(source) && _fed.Contains(source) && _graph.ProducerOf(source) is not null)
            .Distinct(StringComparer.Ordinal).OrderBy(source => _graph.ProducerOf(source)!.Index),
    ];

    private static IEnumerable<string> Reads(OnnxNode node) => node.Inputs.Concat(node.CapturedValues).Where(value => value.Length > 0);
}
