namespace LoraEdge.Onnx;

/// <summary>
/// Proposes objectives: what the last Softmax, ArgMax or Multinomial before an output chooses from; for an output without
/// one, the output itself, or what its noise is added to.
/// </summary>
public static class ObjectiveCandidates
{
    /// <summary>Looks behind every output of a graph.</summary>
    /// <param name="graph">A model's main graph.</param>
    /// <param name="layers">The layers that can be adapted; a value that none of them leads to is no candidate.</param>
    /// <returns>Logits first, then log-probabilities, then other outputs; each in the order of the outputs they were found behind.</returns>
    public static IReadOnlyList<ObjectiveCandidate> Find(OnnxGraph graph, IReadOnlyList<AdaptableLayer> layers)
    {
        var random = new RandomValues(graph);
        var found = new Dictionary<string, ObjectiveCandidate>(StringComparer.Ordinal);
        foreach ((string value, ObjectiveForm? form, string source) in graph.Outputs.SelectMany(output => Behind(graph, output, random)))
        {
            HashSet<OnnxNode> ancestors = [.. graph.AncestorsOf([value])];
            int count = layers.Count(layer => layer.Nodes.Any(ancestors.Contains));
            if (count > 0 && !found.ContainsKey(value))
                found.Add(value, new ObjectiveCandidate(value, form, source, count));
        }

        return [.. found.Values.OrderBy(candidate => candidate.Form ?? (ObjectiveForm)int.MaxValue)];
    }

    private static IEnumerable<(string Value, ObjectiveForm? Form, string Source)> Behind(OnnxGraph graph, ValueInfo output, RandomValues random)
    {
        (string, ObjectiveForm?, string)[] scores = [.. FinalScores.Behind(graph, output.Name).Select(score => (score.Value, (ObjectiveForm?)score.Form, score.Source))];
        if (scores.Length > 0)
            return scores;
        if (random.Contains(output.Name))
            return random.DrawnFrom(output.Name).Select(value => (value, (ObjectiveForm?)null, $"what the random output '{output.Name}' is drawn from"));
        return IsFloat(output.ElementType) ? [(output.Name, null, $"the output '{output.Name}'")] : [];
    }

    private static bool IsFloat(int type) => type is OnnxDataType.Float or OnnxDataType.Float16 or OnnxDataType.BFloat16 or OnnxDataType.Double;
}
