using LoraEdge.Onnx;

namespace LoraEdge.Training;

/// <summary>The adaptable layers that a change of which can reach the objective.</summary>
internal static class ObjectiveLayers
{
    /// <exception cref="InvalidOptionsException">The graph has no such value, or no adaptable layer leads to it.</exception>
    public static IReadOnlyList<AdaptableLayer> Find(OnnxModel model, Objective objective)
    {
        if (model.Graph.ProducerOf(objective.ValueName) is null)
            throw new InvalidOptionsException($"{model.Name} computes no value '{objective.ValueName}'; the objective must name an output ({string.Join(", ", model.Graph.Outputs.Select(output => output.Name))}) or an internal value.");
        HashSet<OnnxNode> ancestors = [.. model.Graph.AncestorsOf([objective.ValueName])];
        AdaptableLayer[] layers = [.. AdaptableLayers.Find(model.Graph).Layers.Where(layer => layer.Nodes.Any(ancestors.Contains))];
        return layers.Length > 0
            ? layers
            : throw new InvalidOptionsException($"No MatMul or Gemm with a constant weight leads to '{objective.ValueName}' in {model.Name}, so there is nothing to adapt.");
    }

    /// <summary>The layer's weight as projections know it.</summary>
    public static AdaptableWeight AsWeight(AdaptableLayer layer) =>
        new(layer.InitializerIndex, layer.WeightName, layer.InFeatures, layer.OutFeatures);
}
