namespace LoraEdge.Training.Tests.Operators;

/// <summary>Einsum, and transforms of signals.</summary>
internal static class ContractionCases
{
    private const double Sums = 1e-5;

    public static IEnumerable<OperatorCase> All() => [.. Einsums(), .. Signals()];

    private static IEnumerable<OperatorCase> Einsums()
    {
        (string Equation, long[][] Shapes)[] equations =
        [
            ("ij,jk->ik", [[2, 3], [3, 4]]), ("ij,jk", [[2, 3], [3, 4]]), ("bij,bjk->bik", [[2, 3, 4], [2, 4, 5]]), (" b i j , b j k -> b k i ", [[2, 3, 4], [2, 4, 5]]),
            ("bhqd,bhkd->bhqk", [[2, 3, 4, 5], [2, 3, 6, 5]]), ("i,j->ij", [[3], [4]]), ("i,i->", [[3], [3]]), ("i,i", [[3], [3]]), ("ij->ji", [[2, 3]]), ("ij->", [[2, 3]]),
            ("ij->i", [[2, 3]]), ("ba", [[2, 3]]), ("ii->i", [[3, 3]]), ("ii", [[3, 3]]), ("...ii->...i", [[2, 4, 3, 3]]), ("...ij->...ji", [[2, 4, 3, 5]]),
            ("...ij,...jk->...ik", [[2, 3, 4], [2, 4, 5]]), ("...ij,...jk", [[6, 1, 3, 4], [6, 2, 4, 5]]), ("i...,ij->j...", [[3, 2, 4], [3, 5]]), ("i,ij,j->", [[2], [2, 3], [3]]),
            ("ab,bc,cd->ad", [[2, 3], [3, 4], [4, 5]]), ("Ab,bC->CA", [[2, 3], [3, 4]]), ("bij,jk->bik", [[2, 3, 4], [4, 5]]), ("ijk,ik->jk", [[2, 3, 4], [2, 4]]), ("ij,jk->ik", [[2, 1], [3, 4]]),
        ];
        foreach ((string equation, long[][] shapes) in equations)
            yield return shapes.Aggregate(new OperatorCase("Einsum", Opset: 12) { Tolerance = Sums }.With("equation", equation), (node, shape) => node.Feed(shape));
        yield return new OperatorCase("Einsum").Feed(HostTensor.From([1L, 2L, 3L, 4L], 2, 2)).Feed(HostTensor.From([5L, 6L, 7L, 8L], 2, 2)).With("equation", "ij,jk->ik");
        yield return new OperatorCase("Einsum").Feed(HostTensor.From([1, 2, 3, 4], 2, 2)).With("equation", "ij->i");
    }

    private static IEnumerable<OperatorCase> Signals()
    {
        foreach (string window in new[] { "HannWindow", "HammingWindow", "BlackmanWindow" })
        {
            foreach (int periodic in new[] { 0, 1 })
                yield return new OperatorCase(window) { Tolerance = Sums }.Constant(HostTensor.From([10L])).With("periodic", periodic);
        }

        yield return new OperatorCase("MelWeightMatrix") { Tolerance = Sums }
            .Constant(HostTensor.From([8L])).Constant(HostTensor.From([16L])).Constant(HostTensor.From([8192L])).Constant(HostTensor.From([0f])).Constant(HostTensor.From([4096f]));
        foreach (long last in new[] { 1L, 2L })
        {
            yield return new OperatorCase("DFT", Opset: 17) { Tolerance = Sums }.Feed(2, 10, 3, last).With("axis", 1);
            yield return new OperatorCase("DFT", Opset: 20) { Tolerance = Sums }.Feed(2, 10, 3, last).Omit().Constant(HostTensor.From([1L]));
            yield return new OperatorCase("DFT", Opset: 20) { Tolerance = Sums }.Feed(2, 10, last).Constant(HostTensor.From([6L]));
        }

        yield return new OperatorCase("DFT", Opset: 17) { Tolerance = Sums }.Feed(2, 9, 1).With("onesided", 1);
        yield return new OperatorCase("DFT", Opset: 17) { Tolerance = Sums }.Feed(2, 8, 2).With("inverse", 1);
        yield return new OperatorCase("STFT") { Tolerance = Sums }.Feed(2, 30, 1).Constant(HostTensor.From([4L])).Feed(8);
        yield return new OperatorCase("STFT") { Tolerance = Sums }.Feed(2, 30, 1).Constant(HostTensor.From([4L])).Feed(8).Constant(HostTensor.From([8L])).With("onesided", 0);
        yield return new OperatorCase("STFT") { Tolerance = Sums }.Feed(1, 16, 1).Constant(HostTensor.From([8L])).Omit().Constant(HostTensor.From([16L]));
    }
}
