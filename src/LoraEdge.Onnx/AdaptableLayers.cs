namespace LoraEdge.Onnx;

/// <summary>Finds the weights of a model that an adapter can change. Depends on nothing but the graph.</summary>
public static class AdaptableLayers
{
    /// <summary>Looks at every constant tensor that serves as a weight.</summary>
    /// <param name="graph">A model's main graph.</param>
    /// <returns>Every such tensor, either as a layer (a recurrent one of two directions as two) or with the reason why it is none.</returns>
    /// <exception cref="ModelFormatException">An attribute is of another type than its operator has it.</exception>
    public static LayerScan Find(OnnxGraph graph)
    {
        var layers = new List<AdaptableLayer>();
        var skipped = new List<SkippedLayer>();
        var reads = new ValueReads(graph);
        var reachable = new HashSet<OnnxNode>(graph.AncestorsOf(graph.Outputs.Select(output => output.Name)));
        IReadOnlyList<WeightSource> sources = WeightSource.All(graph, reachable);
        foreach (WeightSource source in sources)
        {
            WeightTrace trace = WeightTrace.Of(graph, reads, source);
            if (!trace.IsWeight)
                continue;
            string? reason = new WeightObjection(graph, source, trace).First(reachable);
            for (int direction = 0; reason is null && direction < DirectionsOf(source, trace); direction++)
            {
                int index = source.Index + (direction * sources.Count);
                if (index <= AdapterLimits.MaxInitializerIndex)
                    layers.Add(new AdaptableLayer(graph, source, trace, index, direction));
                else
                    reason = $"its number is {index}, and an adapter file numbers weights up to {AdapterLimits.MaxInitializerIndex}";
            }

            if (reason is not null)
                skipped.Add(new SkippedLayer(source.Name, reason));
        }

        return new LayerScan([.. layers.OrderBy(layer => layer.InitializerIndex)], [.. skipped.OrderBy(layer => layer.Name, StringComparer.Ordinal)]);
    }

    private static int DirectionsOf(WeightSource source, WeightTrace trace) =>
        trace.Lead!.Role.Kind == WeightRole.Kinds.Recurrent ? (int)source.Tensor.Dims[0] : 1;
}
