namespace LoraEdge.Training.Tests.Operators;

/// <summary>Comparisons, truth values, choices and bits.</summary>
internal static class LogicCases
{
    private static readonly HostTensor s_left = HostTensor.From([true, true, false, false, true, false], 2, 3);
    private static readonly HostTensor s_right = HostTensor.From([true, false, true], 3);

    public static IEnumerable<OperatorCase> All() => [.. Comparisons(), .. TruthValues(), .. Choices(), .. BitPatterns()];

    private static IEnumerable<OperatorCase> Comparisons()
    {
        HostTensor a = HostTensor.From([1f, 2f, 3f, float.NaN, float.PositiveInfinity, -0f], 2, 3), b = HostTensor.From([2f, 2f, 0f], 3);
        foreach ((string operation, int[] opsets) in new[] { ("Equal", new[] { 11, 13, 19 }), ("Less", [9, 13]), ("Greater", [9, 13]), ("LessOrEqual", [12, 16]), ("GreaterOrEqual", [12, 16]) })
        {
            foreach (int opset in opsets)
            {
                yield return new OperatorCase(operation, opset).Feed(a).Feed(b);
                yield return new OperatorCase(operation, opset).Feed(b).Constant(a);
                yield return new OperatorCase(operation, opset).Feed(HostTensor.From([1L, -2L, long.MaxValue], 3)).Feed(HostTensor.From([1L, 2L, long.MaxValue - 1], 3));
                yield return new OperatorCase(operation, opset).Feed(HostTensor.From([1, -2, 3], 3)).Feed(HostTensor.From([1, 2], 2, 1));
            }

            yield return new OperatorCase(operation, opsets[^1]).Feed().Feed(2, 2);
            yield return new OperatorCase(operation, opsets[^1]).Feed(0, 3).Feed(3);
        }

        foreach (string operation in new[] { "Less", "Greater" })
        {
            yield return new OperatorCase(operation, Opset: 7).Feed(2, 3).Feed(3);
            yield return new OperatorCase(operation, Opset: 13).Feed(OperatorCase.Halves(a)).Feed(OperatorCase.Halves(b));
        }

        yield return new OperatorCase("Equal", Opset: 7).Feed(s_left).Feed(s_right);
        yield return new OperatorCase("Equal", Opset: 13).Feed(s_left).Feed(s_right);
        yield return new OperatorCase("Equal", Opset: 19).Feed(HostTensor.From(new byte[] { 1, 200 }, 2)).Feed(HostTensor.From(new byte[] { 200 }, 1));
    }

    private static IEnumerable<OperatorCase> TruthValues()
    {
        foreach (string operation in new[] { "And", "Or", "Xor" })
        {
            yield return new OperatorCase(operation, Opset: 7).Feed(s_left).Feed(s_right);
            yield return new OperatorCase(operation).Feed(s_right).Constant(s_left);
            yield return new OperatorCase(operation).Feed(HostTensor.From([true])).Feed(s_left);
        }

        yield return new OperatorCase("Not", Opset: 1).Feed(s_left);
        yield return new OperatorCase("Not").Feed(HostTensor.From([true]));
    }

    private static IEnumerable<OperatorCase> Choices()
    {
        foreach (int opset in new[] { 9, 16 })
        {
            yield return new OperatorCase("Where", opset).Feed(s_left).Feed(2, 3).Feed(2, 3);
            yield return new OperatorCase("Where", opset).Feed(s_right).Feed(2, 1).Feed();
            yield return new OperatorCase("Where", opset).Feed(s_left).Feed(4, 1, 1).Feed(3);
            yield return new OperatorCase("Where", opset).Feed(HostTensor.From([false])).Feed(2, 3).Constant(HostTensor.From([float.NegativeInfinity]));
            yield return new OperatorCase("Where", opset).Feed(s_left).Feed(HostTensor.From([1L, 2L, 3L], 3)).Constant(HostTensor.From([-1L]));
        }

        yield return new OperatorCase("Where").Feed(s_left).Feed(HostTensor.From([1, 2, 3], 3)).Feed(HostTensor.From([-1]));
        yield return new OperatorCase("Where").Feed(s_left).Feed(HostTensor.From(new byte[] { 1, 2, 3 }, 3)).Feed(HostTensor.From(new byte[] { 9 }, 1));
    }

    private static IEnumerable<OperatorCase> BitPatterns()
    {
        foreach (string operation in new[] { "BitwiseAnd", "BitwiseOr", "BitwiseXor" })
        {
            yield return new OperatorCase(operation, Opset: 18).Feed(HostTensor.From([12L, -1L, 5L, 0L], 2, 2)).Feed(HostTensor.From([10L, 7L], 2));
            yield return new OperatorCase(operation, Opset: 18).Feed(HostTensor.From([12, -1], 2)).Constant(HostTensor.From([10]));
            yield return new OperatorCase(operation, Opset: 18).Feed(HostTensor.From(new byte[] { 12, 255 }, 2)).Feed(HostTensor.From(new byte[] { 10, 7 }, 2));
            yield return new OperatorCase(operation, Opset: 18).Feed(HostTensor.From(new sbyte[] { 12, -1 }, 2)).Feed(HostTensor.From(new sbyte[] { 10, -7 }, 2));
        }

        yield return new OperatorCase("BitwiseNot", Opset: 18).Feed(HostTensor.From([12L, -1L], 2));
        yield return new OperatorCase("BitwiseNot", Opset: 18).Feed(HostTensor.From(new byte[] { 12, 255 }, 2));
        foreach (string direction in new[] { "LEFT", "RIGHT" })
        {
            yield return new OperatorCase("BitShift", Opset: 11).Feed(HostTensor.From(new byte[] { 16, 255, 1, 200 }, 4)).Feed(HostTensor.From(new byte[] { 1, 3, 0, 9 }, 4)).With("direction", direction);
            yield return new OperatorCase("BitShift", Opset: 11).Feed(HostTensor.From(new byte[] { 16, 255 }, 2, 1)).Constant(HostTensor.From(new byte[] { 1, 7 }, 2)).With("direction", direction);
        }
    }
}
