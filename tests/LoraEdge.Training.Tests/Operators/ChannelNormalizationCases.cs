namespace LoraEdge.Training.Tests.Operators;

/// <summary>Normalisation by channels and groups, and the newer forms over the last axes.</summary>
internal static class ChannelNormalizationCases
{
    private const double Sums = 1e-5;

    public static IEnumerable<OperatorCase> All() => [.. BatchNormalizations(), .. ByGroups(), .. Neighbours(), .. LastAxes()];

    private static IEnumerable<OperatorCase> BatchNormalizations()
    {
        foreach (int opset in new[] { 7, 9, 14, 15 })
        {
            yield return Batch(opset, 2, 3, 4, 5).With("epsilon", 0.01f);
            yield return Batch(opset, 2, 3, 4);
        }

        yield return Batch(15, 2, 3);
        yield return Batch(9, 2, 3, 4, 5, 2);
        yield return Batch(15, 2, 3, 4, 5).With("training_mode", 0).With("momentum", 0.5f);
        yield return new OperatorCase("BatchNormalization", Opset: 15) { Tolerance = Sums }.Feed(2, 3, 4).Feed(3).Feed(3).Feed(3).Feed(HostTensor.From([0.5f, 1f, 2f], 3));
    }

    private static OperatorCase Batch(int opset, params long[] shape) => new OperatorCase("BatchNormalization", opset) { Tolerance = Sums }
        .Feed(shape).Constant(OperatorCase.Random([shape[1]], 1)).Constant(OperatorCase.Random([shape[1]], 2)).Constant(OperatorCase.Random([shape[1]], 3)).Constant(HostTensor.From([0.5f, 1f, 2f], 3));

    private static IEnumerable<OperatorCase> ByGroups()
    {
        foreach (int opset in new[] { 6, 22 })
        {
            yield return new OperatorCase("InstanceNormalization", opset) { Tolerance = Sums }.Feed(2, 3, 5).Feed(3).Feed(3);
            yield return new OperatorCase("InstanceNormalization", opset) { Tolerance = Sums }.Feed(2, 3, 5, 4).Feed(3).Feed(3).With("epsilon", 0.1f);
        }

        foreach (int groups in new[] { 1, 2, 6 })
        {
            yield return new OperatorCase("GroupNormalization", Opset: 18) { Tolerance = Sums }.Feed(2, 6, 5).Feed(groups).Feed(groups).With("num_groups", groups);
            yield return new OperatorCase("GroupNormalization", Opset: 21) { Tolerance = Sums }.Feed(2, 6, 5, 3).Feed(6).Feed(6).With("num_groups", groups).With("epsilon", 0.01f);
        }
    }

    private static IEnumerable<OperatorCase> Neighbours()
    {
        foreach (int size in new[] { 1, 3, 5, 9 })
            yield return new OperatorCase("LRN", Opset: 13) { Tolerance = Sums }.Feed(2, 6, 4, 3).With("size", size).With("alpha", 0.5f).With("beta", 0.6f).With("bias", 2f);
        yield return new OperatorCase("LRN", Opset: 1) { Tolerance = Sums }.Feed(2, 6, 4, 3).With("size", 3);
    }

    private static IEnumerable<OperatorCase> LastAxes()
    {
        foreach (int axis in new[] { -1, 1, 0 })
        {
            long[] normalized = [.. new long[] { 2, 3, 4 }.Skip(axis < 0 ? axis + 3 : axis)];
            yield return new OperatorCase("LayerNormalization") { Tolerance = Sums }.Feed(2, 3, 4).Feed(normalized).Feed(normalized).With("axis", axis).Outputs(3);
            yield return new OperatorCase("RMSNormalization", Opset: 23) { Tolerance = Sums }.Feed(2, 3, 4).Feed(normalized).With("axis", axis).With("epsilon", 0.01f);
            foreach (int p in new[] { 1, 2 })
                yield return new OperatorCase("LpNormalization", Opset: 1) { Tolerance = Sums }.Feed(2, 3, 4).With("axis", axis).With("p", p);
        }

        yield return new OperatorCase("LayerNormalization") { Tolerance = Sums }.Feed(5, 8).Feed(8).With("stash_type", 1).Outputs(2);
        yield return new OperatorCase("LayerNormalization") { Tolerance = Sums }.Feed(2, 3, 8).Feed(1).With("axis", 2);
        yield return new OperatorCase("RMSNormalization", Opset: 23) { Tolerance = Sums }.Feed(5, 8).Feed(8);
        yield return new OperatorCase("LpNormalization", Opset: 22) { Tolerance = Sums }.Feed(HostTensor.From([0f, 0f, 3f, 4f], 2, 2));
    }
}
