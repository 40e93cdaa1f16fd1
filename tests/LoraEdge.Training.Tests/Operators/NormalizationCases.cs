namespace LoraEdge.Training.Tests.Operators;

/// <summary>LayerNormalization, the softmax family before and after opset 13, and reductions.</summary>
internal static class NormalizationCases
{
    private const double Sums = 1e-5;

    public static IEnumerable<OperatorCase> All() => [.. LayerNormalizations(), .. Softmaxes(), .. Reductions()];

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
        foreach (string operation in new[] { "Softmax", "LogSoftmax" })
        {
            foreach (int opset in new[] { 9, 12, 13, 17 })
            {
                yield return new OperatorCase(operation, opset) { Tolerance = Sums }.Feed(2, 3, 4);
                foreach (int axis in new[] { 0, 1, 2 })
                    yield return new OperatorCase(operation, opset) { Tolerance = Sums }.Feed(2, 3, 4).With("axis", axis);
            }

            yield return new OperatorCase(operation, Opset: 11) { Tolerance = Sums }.Feed(2, 3, 4).With("axis", -2);
            yield return new OperatorCase(operation) { Tolerance = Sums }.Feed(2, 3, 4).With("axis", -2);
        }
    }

    private static IEnumerable<OperatorCase> Reductions()
    {
        foreach (string operation in new[] { "ReduceMean", "ReduceSum" })
        {
            foreach (int keep in new[] { 0, 1 })
            {
                foreach (long[] axes in new long[][] { [1], [-1], [0, 2], [0, 1, 2] })
                {
                    yield return new OperatorCase(operation, Opset: 11) { Tolerance = Sums }.Feed(2, 3, 4).With("axes", axes).With("keepdims", keep);
                    yield return new OperatorCase(operation, Opset: 18) { Tolerance = Sums }.Feed(2, 3, 4).Integers(axes).With("keepdims", keep);
                }

                yield return new OperatorCase(operation, Opset: 9) { Tolerance = Sums }.Feed(2, 3, 4).With("keepdims", keep);
                yield return new OperatorCase(operation, Opset: 18) { Tolerance = Sums }.Feed(2, 3, 4).With("keepdims", keep);
            }

            yield return new OperatorCase(operation, Opset: 18).Feed(2, 3).With("noop_with_empty_axes", 1);
            yield return new OperatorCase(operation, Opset: 18) { Tolerance = Sums }.Feed(2, 3).Integers().With("noop_with_empty_axes", 0);
        }

        yield return new OperatorCase("ReduceSum", Opset: 13) { Tolerance = Sums }.Feed(2, 3).Integers(1);
        yield return new OperatorCase("ReduceSum", Opset: 13).Feed(HostTensor.From([1, 2, 3, 4], 2, 2)).Integers(1);
        yield return new OperatorCase("ReduceSum", Opset: 13).Feed(HostTensor.From([1L, 2L, 3L, 4L], 2, 2)).Integers(0);
    }
}
