namespace LoraEdge.Training.Tests.Operators;

/// <summary>Losses that appear as nodes, in every combination of weights, ignored labels and reduction.</summary>
internal static class LossCases
{
    private const double Sums = 1e-5;

    public static IEnumerable<OperatorCase> All()
    {
        foreach (string operation in new[] { "NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss" })
        {
            foreach (int opset in new[] { 12, 13, 22 })
            {
                foreach (string reduction in new[] { "mean", "sum", "none" })
                {
                    foreach (bool weighted in new[] { false, true })
                    {
                        foreach (long[] positions in new long[][] { [], [4], [2, 2] })
                        {
                            yield return Case(operation, opset, positions, weighted).With("reduction", reduction);
                            yield return Case(operation, opset, positions, weighted).With("reduction", reduction).With("ignore_index", 1);
                            yield return Case(operation, opset, positions, weighted, outside: -5).With("reduction", reduction).With("ignore_index", -5);
                            yield return Case(operation, opset, positions, weighted, outside: 10).With("reduction", reduction).With("ignore_index", 10);
                        }
                    }
                }
            }
        }

        foreach (bool weighted in new[] { false, true })
            yield return Case("SoftmaxCrossEntropyLoss", 13, [4], weighted).Outputs(2);
        yield return new OperatorCase("SoftmaxCrossEntropyLoss", Opset: 13) { Tolerance = Sums }.Feed(3, 5).Feed(HostTensor.From([4, 0, 2], 3));
    }

    private static OperatorCase Case(string operation, int opset, long[] positions, bool weighted, long? outside = null)
    {
        int count = 3 * (int)positions.Aggregate(1L, (product, size) => product * size);
        long[] labels = [.. Enumerable.Range(0, count).Select(index => index == 1 && outside is { } label ? label : (index * 7L) % 5)];
        OperatorCase one = new OperatorCase(operation, opset) { Tolerance = Sums }.Feed([3, 5, .. positions]).Feed(HostTensor.From(labels, [3, .. positions]));
        return weighted ? one.Constant(HostTensor.From([0.5f, 1f, 2f, 0.25f, 1.5f], 5)) : one;
    }
}
