namespace LoraEdge.Onnx.Parity;

/// <summary>
/// Runs a model on the same inputs in two ways, as it is served and as it is trained, and compares what they compute.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="served">What is expected: ONNX Runtime.</param>
/// <param name="trained">What is checked: the executor that training runs on.</param>
public sealed class ParityCheck(OnnxModel model, ValueSource served, ValueSource trained)
{
    private readonly double _tolerance = ParityTolerance.Of(model.Graph);

    /// <summary>Compares.</summary>
    /// <param name="inputs">The model's inputs by name, for example from <see cref="ParityInputs"/>.</param>
    /// <param name="targets">What is compared.</param>
    /// <exception cref="LoraEdgeException">One of the two cannot run the model, or not on these inputs.</exception>
    public ParityResult Run(IReadOnlyDictionary<string, HostTensor> inputs, ParityTargets targets)
    {
        // The executor goes first: it checks what ONNX Runtime then gets to see.
        IReadOnlyDictionary<string, HostTensor> actual = trained(inputs, targets.Compared);
        IReadOnlyDictionary<string, HostTensor> expected = actual.Count == 0 ? actual : served(inputs, targets.Compared);
        string[] compared = [.. targets.Compared.Where(expected.ContainsKey)];
        ParityResult result = Compare(actual, expected, compared, [.. targets.Excluded, .. targets.Compared.Except(compared, StringComparer.Ordinal)]);
        return result.Agrees || compared.Length == 0 ? result : WithFirstDifference(result, inputs);
    }

    /// <summary>Compares values that were computed before.</summary>
    /// <param name="actual">What was computed.</param>
    /// <param name="expected">What it is compared with.</param>
    /// <param name="compared">Names of the values to compare; all are expected.</param>
    /// <param name="excluded">Outputs that are not compared.</param>
    public ParityResult Compare(IReadOnlyDictionary<string, HostTensor> actual, IReadOnlyDictionary<string, HostTensor> expected, IReadOnlyList<string> compared, IReadOnlyList<string> excluded)
    {
        double worst = 0;
        var differing = new List<(string Name, string Detail)>();
        foreach (string name in compared)
        {
            ParityDifference difference = DifferenceIn(name, actual, expected);
            worst = Math.Max(worst, difference.Relative);
            if (difference.Detail is { } detail)
                differing.Add((name, detail));
        }

        return new ParityResult
        {
            ComparedOutputs = compared,
            Excluded = excluded,
            MaxDifference = worst,
            Tolerance = _tolerance,
            FirstDifferingNode = differing.Count == 0 ? null : model.Graph.ProducerOf(differing[0].Name)?.DisplayName,
            Detail = compared.Count == 0 ? "nothing could be compared" : Describe(differing),
        };
    }

    /// <summary>
    /// Looks for the first node whose results differ, by comparing every value on the way. What is found wrong only when its
    /// neighbours are not looked at (nodes that are executed as one) stays with the node that computes the value.
    /// </summary>
    /// <param name="result">A result that does not agree.</param>
    /// <param name="inputs">The inputs that it was found on.</param>
    public ParityResult WithFirstDifference(ParityResult result, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        try
        {
            return FirstDifference(inputs, result.ComparedOutputs) is ({ } node, { } detail)
                ? result with { FirstDifferingNode = node.DisplayName, Detail = $"{result.Detail}; the first difference is in {node}: {detail}" }
                : result;
        }
        catch (LoraEdgeException)
        {
            // Internal values can ask for more than the outputs do: the difference itself is the news.
            return result;
        }
    }

    private (OnnxNode Node, string Detail)? FirstDifference(IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyList<string> compared)
    {
        var random = new RandomValues(model.Graph);
        OnnxNode[] nodes = [.. model.Graph.AncestorsOf(compared)];
        string[] values = [.. nodes.SelectMany(node => node.Outputs).Where(value => value.Length > 0 && !random.Contains(value))];
        IReadOnlyDictionary<string, HostTensor> actual = trained(inputs, values);
        IReadOnlyDictionary<string, HostTensor> expected = served(inputs, values);
        foreach (OnnxNode node in nodes)
        {
            foreach (string value in node.Outputs.Where(expected.ContainsKey))
            {
                if (DifferenceIn(value, actual, expected).Detail is { } detail)
                    return (node, $"'{value}': {detail}");
            }
        }

        return null;
    }

    private static string? Describe(List<(string Name, string Detail)> differing) => differing.Count switch
    {
        0 => null,
        1 => $"'{differing[0].Name}': {differing[0].Detail}",
        _ => $"'{differing[0].Name}': {differing[0].Detail}; another value in {string.Join(", ", differing.Skip(1).Select(other => $"'{other.Name}'"))}",
    };

    private ParityDifference DifferenceIn(string name, IReadOnlyDictionary<string, HostTensor> actual, IReadOnlyDictionary<string, HostTensor> expected) =>
        actual.TryGetValue(name, out HostTensor? value)
            ? ParityDifference.Between(value, expected[name], _tolerance)
            : new(double.MaxValue, "it was not computed");
}
