namespace LoraEdge.Onnx;

/// <summary>
/// Chooses among the layers that can be adapted: all, or those that patterns include, without those that patterns exclude. A
/// vocabulary-sized layer that nothing includes is left out where its B would be more than half of the file.
/// </summary>
public static class LayerSelection
{
    /// <summary>Outputs from which on a layer counts as one over a vocabulary: 8,192.</summary>
    public const int VocabularySize = 8_192;

    /// <summary>Applies patterns and the rule for vocabularies.</summary>
    /// <param name="scan">What there is to choose from.</param>
    /// <param name="include">
    /// Patterns over names (<c>*</c> any characters, <c>?</c> one); a layer is meant by the name of its weight and by
    /// <see cref="AdaptableLayer.Name"/>. None: every layer.
    /// </param>
    /// <param name="exclude">Patterns of layers to leave out; stronger than <paramref name="include"/>.</param>
    /// <exception cref="InvalidOptionsException">A pattern of <paramref name="include"/> fits no layer.</exception>
    public static LayerChoice Choose(LayerScan scan, IReadOnlyList<string> include, IReadOnlyList<string> exclude)
    {
        foreach (string pattern in include)
            RequireSome(scan, pattern);
        var reasons = new Dictionary<AdaptableLayer, string>();
        foreach (AdaptableLayer layer in scan.Layers)
        {
            if (exclude.FirstOrDefault(pattern => Fits(pattern, layer)) is { } pattern)
                reasons.Add(layer, $"the pattern '{pattern}' excludes it");
            else if (include.Count > 0 && !include.Any(wanted => Fits(wanted, layer)))
                reasons.Add(layer, "no pattern includes it");
        }

        if (include.Count == 0)
            LeaveVocabulariesOut(scan.Layers, reasons);
        return new LayerChoice(
            [.. scan.Layers.Where(layer => !reasons.ContainsKey(layer))],
            [.. scan.Layers.Where(reasons.ContainsKey).Select(layer => new SkippedLayer(layer.Name, reasons[layer]))]);
    }

    /// <summary>One at a time, the largest first; a model's only layer stays.</summary>
    private static void LeaveVocabulariesOut(IReadOnlyList<AdaptableLayer> layers, Dictionary<AdaptableLayer, string> reasons)
    {
        foreach (AdaptableLayer layer in layers.Where(layer => layer.OutFeatures >= VocabularySize && !reasons.ContainsKey(layer)).OrderByDescending(layer => layer.OutFeatures).ToArray())
        {
            long all = layers.Where(other => !reasons.ContainsKey(other)).Sum(other => (long)other.OutFeatures);
            if (2L * layer.OutFeatures <= all || layer.OutFeatures == all)
                return;
            reasons.Add(layer, $"its B of {layer.OutFeatures} rows, one for each word of a vocabulary, would be more than half of the adapter's {all}; include it by name to adapt it");
        }
    }

    private static void RequireSome(LayerScan scan, string pattern)
    {
        if (scan.Layers.Any(layer => Fits(pattern, layer)))
            return;
        if (scan.Skipped.FirstOrDefault(layer => NamePattern.Matches(pattern, layer.Name)) is { } skipped)
            throw new InvalidOptionsException($"The pattern '{pattern}' includes the weight '{skipped.Name}', which cannot be adapted: {skipped.Reason}.");
        throw new InvalidOptionsException($"The pattern '{pattern}' fits none of the layers that can be adapted here: {Names(scan.Layers)}.");
    }

    private static string Names(IReadOnlyList<AdaptableLayer> layers)
    {
        const int Shown = 10;
        string names = string.Join(", ", layers.Take(Shown).Select(layer => layer.Name));
        return layers.Count > Shown ? $"{names} and {layers.Count - Shown} more" : names;
    }

    private static bool Fits(string pattern, AdaptableLayer layer) => NamePattern.Matches(pattern, layer.WeightName) || NamePattern.Matches(pattern, layer.Name);
}
