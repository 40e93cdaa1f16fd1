namespace LoraEdge.Training.Tests.Operators;

/// <summary>Element-wise operators: broadcasting, integers, exponents.</summary>
internal static class ArithmeticCases
{
    private static readonly (long[] A, long[] B)[] s_broadcasts =
    [
        ([2, 3, 4], [2, 3, 4]), ([2, 3, 4], [4]), ([4], [2, 3, 4]), ([2, 3, 4], [3, 1]), ([2, 1, 4], [3, 1]), ([2, 3], []), ([], [2, 3]), ([1], [2, 2]), ([0, 3], [3]),
    ];

    public static IEnumerable<OperatorCase> All() => [.. OnTwo(), .. Powers(), .. OnOne()];

    private static IEnumerable<OperatorCase> OnTwo()
    {
        foreach (string operation in new[] { "Add", "Sub", "Mul", "Div" })
        {
            foreach ((long[] a, long[] b) in s_broadcasts)
                yield return new OperatorCase(operation).Feed(a).Feed(Away(b));
            yield return new OperatorCase(operation, Opset: 7).Feed(3, 2).Constant(Away([2]));
            yield return new OperatorCase(operation, Opset: 14).Feed(HostTensor.From([7L, -7L, 8L, -9L], 4)).Feed(HostTensor.From([2L, 2L, -3L, 4L], 4));
            yield return new OperatorCase(operation, Opset: 14).Feed(HostTensor.From([7, -7, 8, -9], 2, 2)).Constant(HostTensor.From([3, -2], 2));
        }
    }

    private static IEnumerable<OperatorCase> Powers()
    {
        foreach (float exponent in new[] { 2f, 3f, 0.5f, -1f, 0f })
        {
            yield return new OperatorCase("Pow") { Tolerance = Transcendental }.Feed(Positive([2, 3])).Constant(HostTensor.From([exponent]));
            yield return new OperatorCase("Pow", Opset: 7) { Tolerance = Transcendental }.Feed(Positive([2, 3])).Constant(HostTensor.From([exponent], 1));
        }

        yield return new OperatorCase("Pow").Feed(2, 3).Constant(HostTensor.From([2f]));
        yield return new OperatorCase("Pow").Feed().Constant(HostTensor.From([2f], 1, 1));
        yield return new OperatorCase("Pow") { Tolerance = Transcendental }.Feed(Positive([2, 3])).Feed(3);
        yield return new OperatorCase("Pow") { Tolerance = Transcendental }.Feed(2, 3).Feed(HostTensor.From([2L, 3L, 0L], 3));
        yield return new OperatorCase("Pow").Feed(HostTensor.From([2L, -3L, 5L], 3)).Feed(HostTensor.From([3L, 2L, 0L], 3));
        yield return new OperatorCase("Pow", Opset: 13).Feed(HostTensor.From([2L, 3L, 5L], 3)).Constant(HostTensor.From([2f]));
    }

    private static IEnumerable<OperatorCase> OnOne()
    {
        foreach (string operation in new[] { "Neg", "Abs", "Exp", "Erf", "Relu", "Sigmoid", "Tanh" })
        {
            yield return new OperatorCase(operation, Opset: operation == "Erf" ? 9 : 6) { Tolerance = Transcendental }.Feed(3, 5);
            yield return new OperatorCase(operation) { Tolerance = Transcendental }.Feed();
        }

        foreach (string operation in new[] { "Sqrt", "Log", "Reciprocal" })
            yield return new OperatorCase(operation, Opset: 13) { Tolerance = Transcendental }.Feed(Positive([3, 5]));
        yield return new OperatorCase("Neg").Feed(HostTensor.From([1L, -2L], 2));
        yield return new OperatorCase("Abs").Feed(HostTensor.From([1L, -2L], 2));
    }

    /// <summary>Approximations of exp, log and the like differ in their last bits.</summary>
    private const double Transcendental = 1e-5;

    private static HostTensor Positive(long[] shape) => Mapped(shape, value => 0.1f + Math.Abs(value));

    /// <summary>Divisors that are not close to zero.</summary>
    private static HostTensor Away(long[] shape) => Mapped(shape, value => value + Math.Sign(value));

    private static HostTensor Mapped(long[] shape, Func<float, float> map)
    {
        HostTensor tensor = OperatorCase.Random(shape, seed: 3);
        foreach (ref float value in tensor.AsSpan<float>())
            value = map(value);
        return tensor;
    }
}
