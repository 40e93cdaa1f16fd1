namespace LoraEdge.Onnx;

/// <summary>The chosen layers that a change of which can reach the objective.</summary>
public static class ObjectiveLayers
{
    /// <param name="model">The model.</param>
    /// <param name="objective">The objective.</param>
    /// <param name="include">Patterns of layers to adapt; none for all but a vocabulary's.</param>
    /// <param name="exclude">Patterns of layers to leave out.</param>
    /// <exception cref="InvalidOptionsException">The graph has no such value, or no adaptable layer leads to it, or the patterns leave none.</exception>
    public static IReadOnlyList<AdaptableLayer> Find(OnnxModel model, Objective objective, IReadOnlyList<string> include, IReadOnlyList<string> exclude)
    {
        if (model.Graph.ProducerOf(objective.ValueName) is null)
            throw new InvalidOptionsException($"{model.Name} computes no value '{objective.ValueName}'; the objective must name an output ({string.Join(", ", model.Graph.Outputs.Select(output => output.Name))}) or an internal value.");
        HashSet<OnnxNode> ancestors = [.. model.Graph.AncestorsOf(ObjectiveValues.Of(model, objective))];
        LayerScan scan = AdaptableLayers.Find(model.Graph);
        AdaptableLayer[] leading = [.. scan.Layers.Where(layer => layer.Nodes.Any(ancestors.Contains))];
        if (leading.Length == 0)
            throw new InvalidOptionsException($"No layer that can be adapted leads to '{objective.ValueName}' in {model.Name}, so there is nothing to adapt.{WhySkipped(scan)}");
        LayerChoice choice = LayerSelection.Choose(scan with { Layers = leading }, include, exclude);
        return choice.Layers.Count > 0
            ? choice.Layers
            : throw new InvalidOptionsException($"The patterns leave no layer of {model.Name} to adapt; {string.Join(", ", leading.Select(layer => layer.Name))} could be.");
    }

    private static string WhySkipped(LayerScan scan) =>
        scan.Skipped.Count == 0 ? "" : $" Of those that look like layers, '{scan.Skipped[0].Name}' is not adapted because {scan.Skipped[0].Reason}.";
}
