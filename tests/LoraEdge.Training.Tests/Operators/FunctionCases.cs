namespace LoraEdge.Training.Tests.Operators;

/// <summary>Mathematical functions of one element, Clip, and the tests for infinities and NaN.</summary>
internal static class FunctionCases
{
    /// <summary>Approximations of exp, log and the like differ in their last bits.</summary>
    private const double Transcendental = 1e-5;

    private static readonly HostTensor s_special = HostTensor.From([float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0f, -0f, 1f, -1f], 7);

    public static IEnumerable<OperatorCase> All() => [.. OnOne(), .. OnIntegers(), .. Clips(), .. Tests()];

    private static IEnumerable<OperatorCase> OnOne()
    {
        (string Operation, int Since, Func<float, float> Domain)[] functions =
        [
            ("Neg", 6, Any), ("Abs", 6, Any), ("Floor", 6, Any), ("Ceil", 6, Any), ("Exp", 6, Any), ("Sqrt", 6, Positive), ("Log", 6, Positive),
            ("Reciprocal", 6, Positive), ("Erf", 9, Any), ("Sign", 9, Any), ("Round", 11, Any), ("Sin", 7, Any), ("Cos", 7, Any), ("Tan", 7, Inside),
            ("Asin", 7, Inside), ("Acos", 7, Inside), ("Atan", 7, Any), ("Sinh", 9, Any), ("Cosh", 9, Any), ("Asinh", 9, Any), ("Acosh", 9, AboveOne), ("Atanh", 9, Inside),
        ];
        foreach ((string operation, int since, Func<float, float> domain) in functions)
        {
            foreach (int opset in new[] { since, 13, 22 })
                yield return new OperatorCase(operation, opset) { Tolerance = Transcendental }.Feed(Mapped([3, 5], domain));
            yield return new OperatorCase(operation) { Tolerance = Transcendental }.Feed(Mapped([], domain));
            yield return new OperatorCase(operation).Feed(0, 3);
            yield return new OperatorCase(operation).Feed(OperatorCase.Halves(Mapped([3, 5], domain)));
        }

        foreach (string operation in new[] { "Neg", "Abs", "Floor", "Ceil", "Round", "Sqrt", "Reciprocal", "Exp", "Log", "Erf" })
            yield return new OperatorCase(operation, Opset: 13) { Tolerance = 0 }.Feed(operation == "Erf" ? HostTensor.From([0f, float.PositiveInfinity], 2) : operation == "Exp" ? HostTensor.From([0f, float.PositiveInfinity, float.NegativeInfinity, float.NaN], 4) : s_special);
        yield return new OperatorCase("Round", Opset: 11) { Tolerance = 0 }.Feed(HostTensor.From([0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 1.4999f, 8388609f], 8));
    }

    private static IEnumerable<OperatorCase> OnIntegers()
    {
        foreach (string operation in new[] { "Neg", "Abs", "Sign" })
        {
            yield return new OperatorCase(operation, Opset: 13).Feed(HostTensor.From([1L, -2L, 0L], 3));
            yield return new OperatorCase(operation, Opset: 13).Feed(HostTensor.From([1, -2, 0], 3));
            yield return new OperatorCase(operation, Opset: 13).Feed(HostTensor.From(new sbyte[] { 1, -128, 0 }, 3));
        }

        yield return new OperatorCase("Abs", Opset: 13).Feed(HostTensor.From(new byte[] { 1, 200 }, 2));
        yield return new OperatorCase("Sign", Opset: 13).Feed(HostTensor.From(new byte[] { 1, 200, 0 }, 3));
    }

    private static IEnumerable<OperatorCase> Clips()
    {
        yield return new OperatorCase("Clip", Opset: 6).Feed(3, 4);
        yield return new OperatorCase("Clip", Opset: 6).Feed(3, 4).With("min", -0.5f);
        yield return new OperatorCase("Clip", Opset: 6).Feed(3, 4).With("max", 0.5f);
        yield return new OperatorCase("Clip", Opset: 10).Feed(3, 4).With("min", -0.5f).With("max", 0.5f);
        yield return new OperatorCase("Clip", Opset: 6).Feed(3, 4).With("min", float.MinValue).With("max", float.MaxValue);
        yield return new OperatorCase("Clip", Opset: 13).Feed(3, 4);
        foreach (int opset in new[] { 11, 12, 13 })
        {
            yield return new OperatorCase("Clip", opset).Feed(3, 4).Constant(HostTensor.From([-0.5f])).Constant(HostTensor.From([0.5f]));
            yield return new OperatorCase("Clip", opset).Feed(3, 4).Feed(HostTensor.From([-0.5f])).Feed(HostTensor.From([0.5f]));
            yield return new OperatorCase("Clip", opset).Feed(3, 4).Feed(HostTensor.From([0.5f])).Feed(HostTensor.From([-0.5f]));
            yield return new OperatorCase("Clip", opset).Feed(3, 4).Omit().Constant(HostTensor.From([0.5f]));
            yield return new OperatorCase("Clip", opset).Feed(3, 4).Omit().Feed(HostTensor.From([0.5f]));
            yield return new OperatorCase("Clip", opset).Feed(3, 4).Constant(HostTensor.From([-0.5f]));
            yield return new OperatorCase("Clip", opset).Feed(3, 4).Feed(HostTensor.From([-0.5f]));
        }

        yield return new OperatorCase("Clip", Opset: 13).Feed().Feed(HostTensor.From([5f], 1));
        yield return new OperatorCase("Clip", Opset: 13).Feed(0, 2).Feed(HostTensor.From([5f]));
        yield return new OperatorCase("Clip", Opset: 13) { Tolerance = 0 }.Feed(s_special).Constant(HostTensor.From([-2f])).Constant(HostTensor.From([float.PositiveInfinity]));
        yield return new OperatorCase("Clip", Opset: 13).Feed(OperatorCase.Halves(OperatorCase.Random([3, 4], seed: 1))).Constant(OperatorCase.Halves(HostTensor.From([-0.5f]))).Constant(OperatorCase.Halves(HostTensor.From([0.5f])));
        yield return new OperatorCase("Clip", Opset: 12).Feed(HostTensor.From([1L, -9L, long.MaxValue], 3)).Constant(HostTensor.From([-5L])).Feed(HostTensor.From([long.MaxValue - 1]));
        yield return new OperatorCase("Clip", Opset: 12).Feed(HostTensor.From([1, -9, 9], 3)).Constant(HostTensor.From([-5])).Constant(HostTensor.From([5]));
        yield return new OperatorCase("Clip", Opset: 12).Feed(HostTensor.From(new sbyte[] { 1, -9, 9 }, 3)).Constant(HostTensor.From(new sbyte[] { -5 })).Feed(HostTensor.From(new sbyte[] { 5 }));
        yield return new OperatorCase("Clip", Opset: 12).Feed(HostTensor.From(new byte[] { 1, 200, 9 }, 3)).Constant(HostTensor.From(new byte[] { 5 })).Constant(HostTensor.From(new byte[] { 100 }));
    }

    private static IEnumerable<OperatorCase> Tests()
    {
        foreach (int opset in new[] { 9, 13, 20 })
        {
            yield return new OperatorCase("IsNaN", opset).Feed(s_special);
            yield return new OperatorCase("IsNaN", opset).Feed(OperatorCase.Halves(s_special));
        }

        foreach (int opset in new[] { 10, 20 })
        {
            yield return new OperatorCase("IsInf", opset).Feed(s_special);
            foreach (int negative in new[] { 0, 1 })
            {
                foreach (int positive in new[] { 0, 1 })
                    yield return new OperatorCase("IsInf", opset).Feed(s_special).With("detect_negative", negative).With("detect_positive", positive);
            }
        }
    }

    private static float Any(float value) => value;

    private static float Positive(float value) => 0.1f + Math.Abs(value);

    private static float AboveOne(float value) => 1.1f + Math.Abs(value);

    private static float Inside(float value) => (float)Math.Tanh(value);

    private static HostTensor Mapped(long[] shape, Func<float, float> map)
    {
        HostTensor tensor = OperatorCase.Random(shape, seed: 3);
        foreach (ref float value in tensor.AsSpan<float>())
            value = map(value);
        return tensor;
    }
}
