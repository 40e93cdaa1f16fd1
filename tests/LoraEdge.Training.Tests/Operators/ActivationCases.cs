namespace LoraEdge.Training.Tests.Operators;

/// <summary>Non-linearities with their default and other parameters.</summary>
internal static class ActivationCases
{
    private const double Transcendental = 1e-5;

    public static IEnumerable<OperatorCase> All() => [.. Defaults(), .. Parameters(), .. Slopes(), .. OtherTypes()];

    private static IEnumerable<OperatorCase> Defaults()
    {
        foreach ((string operation, int[] opsets) in new[]
        {
            ("Relu", new[] { 6, 13, 14 }), ("Sigmoid", [6, 13]), ("Tanh", [6, 13]), ("Softplus", [1, 22]), ("Softsign", [1, 22]), ("Mish", [18, 22]), ("Gelu", [20]),
            ("Elu", [6, 22]), ("Selu", [6, 22]), ("Celu", [12]), ("LeakyRelu", [6, 16]), ("ThresholdedRelu", [10, 22]), ("HardSigmoid", [6, 22]), ("HardSwish", [14, 22]), ("Shrink", [9]), ("Swish", [24]),
        })
        {
            foreach (int opset in opsets)
                yield return new OperatorCase(operation, opset) { Tolerance = Transcendental }.Feed(Wide([3, 5]));
            yield return new OperatorCase(operation, opsets[^1]) { Tolerance = Transcendental }.Feed();
            yield return new OperatorCase(operation, opsets[^1]).Feed(0, 3);
        }
    }

    private static IEnumerable<OperatorCase> Parameters()
    {
        foreach ((string operation, int opset) in new[] { ("Elu", 6), ("LeakyRelu", 6), ("Celu", 12), ("ThresholdedRelu", 10), ("Selu", 6), ("HardSigmoid", 6), ("Swish", 24) })
        {
            foreach (float alpha in new[] { 0.25f, 2f, -0.5f })
                yield return new OperatorCase(operation, opset) { Tolerance = Transcendental }.Feed(Wide([3, 5])).With("alpha", alpha);
        }

        yield return new OperatorCase("Selu", Opset: 22) { Tolerance = Transcendental }.Feed(Wide([3, 5])).With("alpha", 1.5f).With("gamma", 0.5f);
        yield return new OperatorCase("HardSigmoid", Opset: 22).Feed(Wide([3, 5])).With("alpha", 0.5f).With("beta", 0.25f);
        yield return new OperatorCase("HardSigmoid").Feed(Wide([3, 5])).With("alpha", 1f / 6).With("beta", 0.5f);
        yield return new OperatorCase("Gelu", Opset: 20) { Tolerance = Transcendental }.Feed(Wide([3, 5])).With("approximate", "tanh");
        yield return new OperatorCase("Gelu", Opset: 20) { Tolerance = Transcendental }.Feed(Wide([3, 5])).With("approximate", "none");
        foreach (float bias in new[] { 0f, 0.75f, -0.75f })
        {
            foreach (float lambda in new[] { 0.75f, 0f, -0.5f })
                yield return new OperatorCase("Shrink", Opset: 9).Feed(Wide([3, 5])).With("bias", bias).With("lambd", lambda);
        }
    }

    private static IEnumerable<OperatorCase> Slopes()
    {
        foreach (int opset in new[] { 7, 9, 16 })
        {
            yield return new OperatorCase("PRelu", opset).Feed(2, 3, 4, 5).Constant(OperatorCase.Random([3, 1, 1], seed: 6));
            yield return new OperatorCase("PRelu", opset).Feed(2, 3, 4, 5).Feed(5);
            yield return new OperatorCase("PRelu", opset).Feed(2, 3).Feed(2, 3);
            yield return new OperatorCase("PRelu", opset).Feed(2, 3).Constant(HostTensor.From([0.25f], 1));
        }

        yield return new OperatorCase("PRelu").Feed(HostTensor.From([1L, -2L, -3L], 3)).Feed(HostTensor.From([5L, -2L, 3L], 3));
    }

    private static IEnumerable<OperatorCase> OtherTypes()
    {
        foreach ((string operation, int opset) in new[]
        {
            ("Relu", 14), ("Sigmoid", 13), ("Tanh", 13), ("Softplus", 22), ("Softsign", 22), ("Gelu", 20), ("Elu", 22), ("Selu", 22), ("LeakyRelu", 16), ("HardSigmoid", 22), ("HardSwish", 22), ("ThresholdedRelu", 22), ("Mish", 22),
        })
            yield return new OperatorCase(operation, opset).Feed(OperatorCase.Halves(Wide([3, 5])));
        yield return new OperatorCase("PRelu", Opset: 16).Feed(OperatorCase.Halves(Wide([3, 5]))).Feed(OperatorCase.Halves(OperatorCase.Random([5], seed: 2)));
        yield return new OperatorCase("Relu", Opset: 14).Feed(HostTensor.From([1, -2, 0], 3));
        yield return new OperatorCase("Relu", Opset: 14).Feed(HostTensor.From(new sbyte[] { 1, -2, 0 }, 3));
        yield return new OperatorCase("Shrink", Opset: 9).Feed(HostTensor.From([-3L, -1L, 0L, 1L, 3L], 5)).With("bias", 1.5f).With("lambd", 0.5f);
        yield return new OperatorCase("Shrink", Opset: 9).Feed(HostTensor.From(new byte[] { 3, 0, 1 }, 3)).With("bias", 1f).With("lambd", 1.5f);
    }

    /// <summary>On both sides of every bend.</summary>
    private static HostTensor Wide(long[] shape)
    {
        HostTensor tensor = OperatorCase.Random(shape, seed: 3);
        foreach (ref float value in tensor.AsSpan<float>())
            value *= 3;
        return tensor;
    }
}
