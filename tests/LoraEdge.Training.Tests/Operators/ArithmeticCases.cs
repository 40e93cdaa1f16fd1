namespace LoraEdge.Training.Tests.Operators;

/// <summary>Arithmetic on two inputs and more: broadcasting, integers, exponents.</summary>
internal static class ArithmeticCases
{
    private static readonly (long[] A, long[] B)[] s_broadcasts =
    [
        ([2, 3, 4], [2, 3, 4]), ([2, 3, 4], [4]), ([4], [2, 3, 4]), ([2, 3, 4], [3, 1]), ([2, 1, 4], [3, 1]), ([2, 3], []), ([], [2, 3]), ([1], [2, 2]), ([0, 3], [3]),
    ];

    private static readonly HostTensor s_special = HostTensor.From([float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1f, -0f], 5);

    public static IEnumerable<OperatorCase> All() => [.. OnTwo(), .. Remainders(), .. Powers(), .. OnMany()];

    private static IEnumerable<OperatorCase> OnTwo()
    {
        foreach (string operation in new[] { "Add", "Sub", "Mul", "Div" })
        {
            foreach ((long[] a, long[] b) in s_broadcasts)
                yield return new OperatorCase(operation).Feed(a).Feed(Away(b));
            yield return new OperatorCase(operation, Opset: 7).Feed(3, 2).Constant(Away([2]));
            yield return new OperatorCase(operation, Opset: 14).Feed(HostTensor.From([7L, -7L, 8L, -9L], 4)).Feed(HostTensor.From([2L, 2L, -3L, 4L], 4));
            yield return new OperatorCase(operation, Opset: 14).Feed(HostTensor.From([7, -7, 8, -9], 2, 2)).Constant(HostTensor.From([3, -2], 2));
            yield return new OperatorCase(operation, Opset: 14).Feed(HostTensor.From([7, -7, 8, -9], 2, 2)).Constant(HostTensor.From([3, -1], 2));
            yield return new OperatorCase(operation, Opset: 14).Feed(HostTensor.From(new byte[] { 7, 200, 8 }, 3)).Feed(HostTensor.From(new byte[] { 3, 100, 9 }, 3));
            yield return new OperatorCase(operation, Opset: 14).Feed(HostTensor.From(new sbyte[] { 7, -100, 8 }, 3)).Feed(HostTensor.From(new sbyte[] { 3, 100, -9 }, 3));
            yield return new OperatorCase(operation, Opset: 14).Feed(OperatorCase.Halves(OperatorCase.Random([2, 3], seed: 1))).Feed(OperatorCase.Halves(Away([3])));
            yield return new OperatorCase(operation, Opset: 14) { Tolerance = 0 }.Feed(s_special).Feed(HostTensor.From([0f], 1));
        }
    }

    private static IEnumerable<OperatorCase> Remainders()
    {
        HostTensor a = HostTensor.From([-7f, 7f, 5.5f, -5.5f, 0f, 9f], 6), b = HostTensor.From([3f, -3f, 2f, 2f, 1f, -4.5f], 6);
        foreach (int opset in new[] { 10, 13 })
        {
            yield return new OperatorCase("Mod", opset).Feed(a).Feed(b).With("fmod", 1);
            yield return new OperatorCase("Mod", opset).Feed(OperatorCase.Halves(a)).Constant(OperatorCase.Halves(b)).With("fmod", 1);
            foreach (int fmod in new[] { 0, 1 })
            {
                foreach (HostTensor divisor in new[] { HostTensor.From([3L, -3L, 1L, -1L], 4), HostTensor.From([5L], 1) })
                {
                    yield return new OperatorCase("Mod", opset).Feed(HostTensor.From([-7L, 7L, 8L, -9L], 4)).Feed(divisor).With("fmod", fmod);
                    yield return new OperatorCase("Mod", opset).Feed(HostTensor.From([-7L, 7L, 8L, -9L], 4)).Constant(divisor).With("fmod", fmod);
                }

                yield return new OperatorCase("Mod", opset).Feed(HostTensor.From([-7, 7], 2)).Feed(HostTensor.From([4, -4], 2, 1)).With("fmod", fmod);
                yield return new OperatorCase("Mod", opset).Feed(HostTensor.From(new byte[] { 7, 200 }, 2)).Feed(HostTensor.From(new byte[] { 4, 9 }, 2)).With("fmod", fmod);
                yield return new OperatorCase("Mod", opset).Feed(HostTensor.From(new sbyte[] { -7, 7, -128 }, 3)).Feed(HostTensor.From(new sbyte[] { 4, -4, -1 }, 3)).With("fmod", fmod);
            }
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
        yield return new OperatorCase("Pow", Opset: 12).Feed(HostTensor.From([100000001L, 3L, -5L], 3)).Feed(HostTensor.From([1f, 0.5f, 3f], 3));
        yield return new OperatorCase("Pow", Opset: 13).Feed(HostTensor.From([2, 3, -5], 3)).Feed(HostTensor.From([3L, 2L, 1L], 3));
        yield return new OperatorCase("Pow", Opset: 13).Feed(HostTensor.From([2L, 1L, -1L, -1L], 4)).Feed(HostTensor.From([-1L, -2L, -2L, -3L], 4));
        yield return new OperatorCase("Pow", Opset: 13).Feed(2, 3).Feed(HostTensor.From([2, 3, 0], 3));
        yield return new OperatorCase("Pow", Opset: 13).Feed(OperatorCase.Halves(Positive([2, 3]))).Feed(OperatorCase.Halves(OperatorCase.Random([3], seed: 2)));
    }

    private static IEnumerable<OperatorCase> OnMany()
    {
        foreach (string operation in new[] { "Min", "Max", "Sum", "Mean" })
        {
            foreach ((long[] a, long[] b) in s_broadcasts)
                yield return new OperatorCase(operation).Feed(a).Feed(b);
            yield return new OperatorCase(operation, Opset: 6).Feed(2, 3).Feed(2, 3).Feed(2, 3);
            yield return new OperatorCase(operation, Opset: 8).Feed(2, 1, 3).Feed(4, 1).Feed(1).Feed();
            yield return new OperatorCase(operation, Opset: 13).Feed(2, 3);
            yield return new OperatorCase(operation, Opset: 13).Feed(2, 3).Constant(OperatorCase.Random([3], seed: 7));
            yield return new OperatorCase(operation, Opset: 13) { Tolerance = 0 }.Feed(s_special).Feed(HostTensor.From([0f], 1));
        }

        foreach (string operation in new[] { "Min", "Max" })
        {
            yield return new OperatorCase(operation, Opset: 13).Feed(OperatorCase.Halves(OperatorCase.Random([2, 3], seed: 1))).Feed(OperatorCase.Halves(OperatorCase.Random([3], seed: 2)));
            yield return new OperatorCase(operation, Opset: 13).Feed(HostTensor.From([1L, -2L, long.MaxValue], 3)).Feed(HostTensor.From([0L], 1));
            yield return new OperatorCase(operation, Opset: 13).Feed(HostTensor.From([1, -2, 3], 3)).Feed(HostTensor.From([2], 1));
            yield return new OperatorCase(operation, Opset: 13).Feed(HostTensor.From(new byte[] { 1, 200, 3 }, 3)).Feed(HostTensor.From(new byte[] { 100 }, 1));
            yield return new OperatorCase(operation, Opset: 13).Feed(HostTensor.From(new sbyte[] { 1, -100, 3 }, 3)).Feed(HostTensor.From(new sbyte[] { 2 }, 1));
        }
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
