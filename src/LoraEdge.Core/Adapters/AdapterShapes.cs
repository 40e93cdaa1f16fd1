namespace LoraEdge;

/// <summary>Whether the targets of an adapter fit the weights of a model.</summary>
internal static class AdapterShapes
{
    /// <summary>The weight of every target, in target order.</summary>
    /// <exception cref="AdapterMismatchException">A target names no adaptable weight, or has another shape.</exception>
    public static AdaptableWeight[] Match(Adapter adapter, IReadOnlyList<AdaptableWeight> weights)
    {
        Dictionary<int, AdaptableWeight> byIndex = weights.ToDictionary(weight => weight.InitializerIndex);
        bool explicitA = adapter.Projection.Kind == ProjectionKind.Explicit;
        var matched = new AdaptableWeight[adapter.Targets.Count];
        for (int i = 0; i < matched.Length; i++)
        {
            AdapterTarget target = adapter.Targets[i];
            if (!byIndex.TryGetValue(target.InitializerIndex, out matched[i]))
                throw new AdapterMismatchException($"Target {i} of the adapter changes initializer {target.InitializerIndex}, which is not an adaptable weight of this model. Train a new adapter.");
            CheckShape(adapter, target, matched[i], explicitA);
        }

        return matched;
    }

    private static void CheckShape(Adapter adapter, AdapterTarget target, AdaptableWeight weight, bool explicitA)
    {
        if (target.OutFeatures != weight.OutFeatures)
            throw new AdapterMismatchException($"The adapter has {target.OutFeatures} output features for '{weight.Name}', but the model has {weight.OutFeatures}. Train a new adapter.");
        if (target.B.LongLength != (long)target.OutFeatures * adapter.Rank)
            throw new AdapterMismatchException($"B of '{weight.Name}' has {target.B.Length} values; {target.OutFeatures} output features at rank {adapter.Rank} take {(long)target.OutFeatures * adapter.Rank}.");
        if (!explicitA)
            return;
        if (target.A is null || target.A.LongLength != (long)weight.InFeatures * adapter.Rank)
            throw new AdapterMismatchException($"The adapter's own A of '{weight.Name}' has {target.A?.Length ?? 0} values; {weight.InFeatures} input features at rank {adapter.Rank} take {(long)weight.InFeatures * adapter.Rank}. Train a new adapter.");
    }
}
