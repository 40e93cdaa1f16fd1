namespace LoraEdge.Training.Tests.Operators;

/// <summary>LayerNormalization, MeanVarianceNormalization, and the softmax family before and after opset 13.</summary>
internal static class NormalizationCases
{
    private const double Sums = 1e-5;

    public static IEnumerable<OperatorCase> All() => [.. LayerNormalizations(), .. Softmaxes(), .. MeansAndVariances()];

    private static IEnumerable<OperatorCase> LayerNormalizations()
    {
        foreach (int axis in new[] { -1, 2, 1, -3, 0 })
        {
            long[] normalized = [.. new long[] { 2, 3, 4 }.Skip(axis < 0 ? axis + 3 : axis)];
            foreach (bool bias in new[] { true, false })
            {
                OperatorCase layer = new OperatorCase("LayerNormalization") { Tolerance = Sums }.Feed(2, 3, 4).Feed(normalized).With("axis", axis);
                yield return bias ? layer.Feed(normalized) : layer;
            }
        }

        yield return new OperatorCase("LayerNormalization") { Tolerance = Sums }.Feed(5, 8).Feed(8).Feed(8);
        yield return new OperatorCase("LayerNormalization") { Tolerance = Sums }.Feed(5, 8).Feed(8).Feed(8).With("epsilon", 0.25f);
        yield return new OperatorCase("LayerNormalization") { Tolerance = Sums }.Feed(5, 8).Feed(8).Omit();
    }

    private static IEnumerable<OperatorCase> Softmaxes()
    {
        foreach (string operation in new[] { "Softmax", "LogSoftmax", "Hardmax" })
        {
            foreach (int opset in new[] { 9, 12, 13, 17 })
            {
                yield return new OperatorCase(operation, opset) { Tolerance = Sums }.Feed(2, 3, 4);
                foreach (int axis in new[] { 0, 1, 2 })
                    yield return new OperatorCase(operation, opset) { Tolerance = Sums }.Feed(2, 3, 4).With("axis", axis);
            }

            yield return new OperatorCase(operation, Opset: 11) { Tolerance = Sums }.Feed(2, 3, 4).With("axis", -2);
            yield return new OperatorCase(operation) { Tolerance = Sums }.Feed(2, 3, 4).With("axis", -2);
            yield return new OperatorCase(operation) { Tolerance = Sums }.Feed(2, 0);
            yield return new OperatorCase(operation) { Tolerance = Sums }.Feed(HostTensor.From([1f, 2f, 2f, 3f, 3f, 3f, -1f, -1f], 2, 4));
        }
    }

    private static IEnumerable<OperatorCase> MeansAndVariances()
    {
        foreach (int opset in new[] { 9, 13 })
        {
            yield return new OperatorCase("MeanVarianceNormalization", opset) { Tolerance = Sums }.Feed(2, 3, 4, 5);
            yield return new OperatorCase("MeanVarianceNormalization", opset) { Tolerance = Sums }.Feed(2, 3, 4, 5).With("axes", new[] { 2, 3 });
            yield return new OperatorCase("MeanVarianceNormalization", opset) { Tolerance = Sums }.Feed(2, 3, 4, 5).With("axes", new[] { 0, -2, -1 });
        }
    }
}
