namespace LoraEdge.Training.Tests.Operators;

/// <summary>MatMul by NumPy's rules, Gemm with all its attributes.</summary>
internal static class ProductCases
{
    private const double Sums = 1e-5;

    public static IEnumerable<OperatorCase> All() => [.. MatMuls(), .. Gemms()];

    private static IEnumerable<OperatorCase> MatMuls()
    {
        (long[] A, long[] B)[] shapes =
        [
            ([3, 4], [4, 5]), ([4], [4, 5]), ([3, 4], [4]), ([4], [4]), ([2, 3, 4], [4, 5]), ([2, 6, 3, 4], [4, 5]), ([2, 3, 4], [2, 4, 5]),
            ([2, 3, 4], [4]), ([4], [2, 4, 5]), ([1, 3, 4], [2, 4, 5]), ([6, 2, 3, 4], [2, 4, 5]), ([2, 1, 3, 4], [1, 5, 4, 3]), ([0, 4], [4, 5]), ([2, 0, 4], [4, 5]),
        ];
        foreach ((long[] a, long[] b) in shapes)
        {
            yield return new OperatorCase("MatMul") { Tolerance = Sums }.Feed(a).Feed(b);
            yield return new OperatorCase("MatMul", Opset: 9) { Tolerance = Sums }.Feed(a).Constant(OperatorCase.Random(b, seed: 4));
        }

        yield return new OperatorCase("MatMul").Feed(HostTensor.From([1L, 2L, 3L, 4L], 2, 2)).Feed(HostTensor.From([5L, -6L, 7L, 8L], 2, 2));
    }

    private static IEnumerable<OperatorCase> Gemms()
    {
        foreach (int transA in new[] { 0, 1 })
        {
            foreach (int transB in new[] { 0, 1 })
            {
                foreach (long[]? bias in new[] { null, [], [1], [5], [3, 1], [1, 5], new long[] { 3, 5 } })
                    yield return Gemm(transA, transB, bias).With("alpha", 0.5f).With("beta", -2f);
                yield return Gemm(transA, transB, null);
                yield return Gemm(transA, transB, [5]);
            }
        }

        yield return Gemm(0, 0, [5]).With("beta", 0f);
        yield return new OperatorCase("Gemm", Opset: 7) { Tolerance = Sums }.Feed(3, 4).Feed(4, 5).Feed(5);
    }

    private static OperatorCase Gemm(int transA, int transB, long[]? bias)
    {
        OperatorCase gemm = new OperatorCase("Gemm", Opset: 13) { Tolerance = Sums }
            .Feed(transA == 1 ? [4, 3] : [3, 4])
            .Feed(transB == 1 ? [5, 4] : [4, 5])
            .With("transA", transA)
            .With("transB", transB);
        return bias is null ? gemm : gemm.Feed(bias);
    }
}
