namespace LoraEdge.Training.Tests.Operators;

/// <summary>Contractions, signals and random numbers that break their operator's rules.</summary>
internal static class InvalidComputedNodes
{
    private static readonly HostTensor s_bools = HostTensor.From([true, false, true, true], 2, 2);
    private static readonly HostTensor s_integers = HostTensor.From([1L, 2L, 3L, 4L], 2, 2);

    public static IEnumerable<OperatorCase> All() => [.. Contractions(), .. Random()];

    private static IEnumerable<OperatorCase> Contractions() =>
    [
        .. new[] { "ij,jk->ik", "ij", "ij,k", "i1,jk->i", "ij,kj->ij", "ij,jk->im", "ij,kl->ii", "..i,jk->i", "...ij,jk->i", "i...,k...->ik", "ij,jk->i...", "", "->" }
            .Select(equation => new OperatorCase("Einsum").Feed(2, 3).Feed(4, 5).With("equation", equation)),
        new OperatorCase("Einsum").Feed(2, 3).With("equation", "ii->i"),
        new OperatorCase("Einsum").Feed(70000, 1).Feed(70000, 1).With("equation", "ij,kl->ik"),
        new OperatorCase("Einsum").Feed(40000).Feed(40000).Feed(40000, 1).Feed(40000, 1).With("equation", "i,j,ik,jk->"),
        new OperatorCase("Einsum").Feed(2, 2).Feed(s_integers).With("equation", "ij,jk->ik"),
        new OperatorCase("Einsum").Feed(s_bools).With("equation", "ij->ji"),
        new OperatorCase("HannWindow").Constant(HostTensor.From([-1L])),
        new OperatorCase("HannWindow").Constant(HostTensor.From([1L << 40])),
        new OperatorCase("MelWeightMatrix").Integers(8).Integers(16).Integers(8192).Constant(HostTensor.From([0f])).Constant(HostTensor.From([8192f])),
        new OperatorCase("DFT").Feed(2, 3, 3),
        new OperatorCase("DFT").Feed(2, 3, 1).With("axis", 2),
        new OperatorCase("DFT").Feed(2, 3, 1).Integers(0),
        new OperatorCase("DFT", Opset: 20).Feed(2, 3, 1).Integers(1L << 40),
        new OperatorCase("STFT").Feed(1, 8, 1).Integers(2).Feed(9),
        new OperatorCase("STFT").Feed(1, 8, 1).Integers(0).Feed(4),
        new OperatorCase("STFT").Feed(1, 8, 1).Integers(2).Feed(4).Integers(5),
    ];

    private static IEnumerable<OperatorCase> Random() =>
    [
        new OperatorCase("RandomNormal"),
        new OperatorCase("RandomNormal").With("shape", new[] { 1L << 40 }),
        new OperatorCase("RandomUniform").With("shape", new[] { -1 }),
        new OperatorCase("RandomNormalLike").Feed(s_integers),
        new OperatorCase("Bernoulli").Feed(s_integers),
        new OperatorCase("Multinomial").Feed(3),
        new OperatorCase("Multinomial").Feed(3, 0),
        new OperatorCase("Multinomial").Feed(3, 4).With("sample_size", -1),
    ];
}
