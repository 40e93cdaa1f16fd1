namespace LoraEdge.Onnx;

/// <summary>Finds the weights of a model that an adapter can change. Depends on nothing but the graph.</summary>
public static class AdaptableLayers
{
    /// <summary>Looks at every initializer that serves as a weight.</summary>
    /// <param name="graph">A model's main graph.</param>
    /// <returns>Every such initializer, either as a layer or with the reason why it is none.</returns>
    /// <exception cref="ModelFormatException">An attribute of a Gemm is of another type than the operator has it.</exception>
    public static LayerScan Find(OnnxGraph graph)
    {
        var layers = new List<AdaptableLayer>();
        var skipped = new List<SkippedLayer>();
        Dictionary<string, List<WeightUse>> allUses = WeightUse.All(graph);
        var reachable = new HashSet<OnnxNode>(graph.AncestorsOf(graph.Outputs.Select(output => output.Name)));
        for (int index = 0; index < graph.InitializerNames.Count; index++)
        {
            Initializer weight = graph.Initializers[graph.InitializerNames[index]];
            if (allUses.GetValueOrNull(weight.Name) is not { } uses || !uses.Any(use => use.IsWeight))
                continue;
            if (WeightObjection.To(graph, weight, uses, reachable) is { } reason)
                skipped.Add(new SkippedLayer(weight.Name, reason));
            else
                layers.Add(new AdaptableLayer(weight, index, [.. uses.Select(use => use.Node)], uses[0].IsTransposed, uses[0].Alpha));
        }

        skipped.AddRange(ConstantNodeWeights(graph));
        return new LayerScan(layers, [.. skipped.OrderBy(layer => layer.Name, StringComparer.Ordinal)]);
    }

    private static IEnumerable<SkippedLayer> ConstantNodeWeights(OnnxGraph graph) =>
        from node in graph.Nodes
        where node.Domain.Length == 0 && node.OpType == "Constant" && node.Outputs.Count > 0
        where graph.ConsumersOf(node.Outputs[0]).Any(consumer => WeightUse.IsWeightOf(consumer, node.Outputs[0]))
        select new SkippedLayer(node.Outputs[0], "it is held by a Constant node, and only initializers can be replaced; export the model with weights as initializers");
}
