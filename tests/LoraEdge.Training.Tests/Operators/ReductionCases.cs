namespace LoraEdge.Training.Tests.Operators;

/// <summary>Reductions with their axes as an attribute and as an input, positions of extremes, and running sums.</summary>
internal static class ReductionCases
{
    private const double Sums = 1e-5;

    private static readonly string[] s_operators =
        ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"];

    public static IEnumerable<OperatorCase> All() => [.. OverAxes(), .. OverNothing(), .. OtherTypes(), .. Positions(), .. RunningSums()];

    private static IEnumerable<OperatorCase> OverAxes()
    {
        foreach (string operation in s_operators)
        {
            foreach (int keep in new[] { 0, 1 })
            {
                foreach (long[] axes in new long[][] { [1], [-1], [0, 2], [2, 0], [0, 1, 2] })
                {
                    yield return new OperatorCase(operation, Opset: 11) { Tolerance = Sums }.Feed(Positive(2, 3, 4)).With("axes", axes).With("keepdims", keep);
                    yield return new OperatorCase(operation, Opset: 18) { Tolerance = Sums }.Feed(Positive(2, 3, 4)).Integers(axes).With("keepdims", keep);
                }

                yield return new OperatorCase(operation, Opset: 9) { Tolerance = Sums }.Feed(Positive(2, 3, 4)).With("keepdims", keep);
                yield return new OperatorCase(operation, Opset: 18) { Tolerance = Sums }.Feed(Positive(2, 3, 4)).With("keepdims", keep);
            }

            yield return new OperatorCase(operation, Opset: 20) { Tolerance = Sums }.Feed(Positive(2, 3, 4)).Integers(1);
            yield return new OperatorCase(operation, Opset: 18) { Tolerance = Sums }.Feed(Positive(2, 3, 4)).Feed(HostTensor.From([-1L, 0L], 2));
            if (operation != "ReduceLogSum")
                yield return new OperatorCase(operation, Opset: 13) { Tolerance = Sums }.Feed(2, 3, 4).With("keepdims", 0);
        }

        yield return new OperatorCase("ReduceSum", Opset: 13) { Tolerance = Sums }.Feed(2, 3).Integers(1);
        yield return new OperatorCase("ReduceLogSumExp", Opset: 18) { Tolerance = Sums }.Feed(HostTensor.From([1000f, 999f, -1000f, -1001f], 2, 2)).Integers(1);
    }

    /// <summary>No axes, axes of size 0, and scalars.</summary>
    private static IEnumerable<OperatorCase> OverNothing()
    {
        foreach (string operation in s_operators)
        {
            yield return new OperatorCase(operation, Opset: 18).Feed(Positive(2, 3)).With("noop_with_empty_axes", 1);
            yield return new OperatorCase(operation, Opset: 18).Feed(Positive(2, 3)).Integers().With("noop_with_empty_axes", 1);
            yield return new OperatorCase(operation, Opset: 18) { Tolerance = Sums }.Feed(Positive(2, 3)).Integers().With("noop_with_empty_axes", 0);
            yield return new OperatorCase(operation, Opset: 18) { Tolerance = Sums }.Feed(Positive());
            yield return new OperatorCase(operation, Opset: 11) { Tolerance = Sums }.Feed(Positive());
            yield return new OperatorCase(operation, Opset: 18).Feed(0, 3).Integers(1);
            if (operation != "ReduceLogSum")
                yield return new OperatorCase(operation, Opset: 18).Feed(2, 3).With("noop_with_empty_axes", 1);
            if (operation != "ReduceMean")
                yield return new OperatorCase(operation, Opset: 20) { Tolerance = 0 }.Feed(2, 0, 3).Integers(1);
        }
    }

    private static IEnumerable<OperatorCase> OtherTypes()
    {
        foreach (string operation in s_operators)
        {
            yield return new OperatorCase(operation, Opset: 18).Feed(HostTensor.From([1, 2, 3, 4], 2, 2)).Integers(1);
            yield return new OperatorCase(operation, Opset: 18).Feed(OperatorCase.Halves(Positive(2, 3, 4))).Integers(1);
        }

        foreach (string operation in new[] { "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd" })
            yield return new OperatorCase(operation, Opset: 18).Feed(HostTensor.From([1L, -2L, 3L, 4L], 2, 2)).Integers(0);
        foreach (string operation in new[] { "ReduceMax", "ReduceMin" })
        {
            yield return new OperatorCase(operation, Opset: 18).Feed(HostTensor.From(new byte[] { 1, 200, 3, 4 }, 2, 2)).Integers(1);
            yield return new OperatorCase(operation, Opset: 18).Feed(HostTensor.From(new sbyte[] { 1, -100, 3, 4 }, 2, 2)).Integers(1);
            foreach (int axis in new[] { 0, 1 })
                yield return new OperatorCase(operation, Opset: 20).Feed(HostTensor.From([true, false, true, true], 2, 2)).Integers(axis);
        }

        yield return new OperatorCase("ReduceMean", Opset: 18).Feed(HostTensor.From([-1, -2, 3, 4], 2, 2)).Integers(1);
    }

    private static IEnumerable<OperatorCase> Positions()
    {
        HostTensor ties = HostTensor.From([1f, 3f, 3f, 0f, 0f, 2f, 2f, 2f, 2f, -1f, 5f, -1f], 3, 4);
        foreach (string operation in new[] { "ArgMax", "ArgMin" })
        {
            foreach (int axis in new[] { 0, 1, -1 })
            {
                foreach (int keep in new[] { 0, 1 })
                {
                    yield return new OperatorCase(operation, Opset: 11).Feed(ties).With("axis", axis).With("keepdims", keep);
                    foreach (int last in new[] { 0, 1 })
                        yield return new OperatorCase(operation, Opset: 13).Feed(ties).With("axis", axis).With("keepdims", keep).With("select_last_index", last);
                }
            }

            yield return new OperatorCase(operation, Opset: 1).Feed(2, 3, 4);
            yield return new OperatorCase(operation, Opset: 13).Feed(HostTensor.From([3, 1, 3], 3));
            yield return new OperatorCase(operation, Opset: 13).Feed(HostTensor.From(new byte[] { 3, 1, 200 }, 3));
            yield return new OperatorCase(operation, Opset: 13).Feed(0, 3).With("axis", 1);
        }
    }

    private static IEnumerable<OperatorCase> RunningSums()
    {
        foreach (int exclusive in new[] { 0, 1 })
        {
            foreach (int reverse in new[] { 0, 1 })
            {
                foreach (int axis in new[] { 0, 1, -1 })
                {
                    yield return new OperatorCase("CumSum", Opset: 11).Feed(2, 3, 4).Constant(HostTensor.From([axis])).With("exclusive", exclusive).With("reverse", reverse);
                    yield return new OperatorCase("CumSum", Opset: 14).Feed(2, 3, 4).Feed(HostTensor.From([(long)axis], 1)).With("exclusive", exclusive).With("reverse", reverse);
                }

                yield return new OperatorCase("CumSum", Opset: 14).Feed(HostTensor.From([1L, 2L, 3L], 3)).Constant(HostTensor.From([0])).With("exclusive", exclusive).With("reverse", reverse);
                yield return new OperatorCase("CumSum", Opset: 14).Feed(HostTensor.From([1, 2, 3], 3)).Constant(HostTensor.From([0])).With("exclusive", exclusive).With("reverse", reverse);
                yield return new OperatorCase("CumSum", Opset: 14).Feed(2, 1).Constant(HostTensor.From([1])).With("exclusive", exclusive).With("reverse", reverse);
                yield return new OperatorCase("CumSum", Opset: 14).Feed(2, 0).Constant(HostTensor.From([1])).With("exclusive", exclusive).With("reverse", reverse);
            }
        }
    }

    private static HostTensor Positive(params long[] shape)
    {
        HostTensor tensor = OperatorCase.Random(shape, seed: 3);
        foreach (ref float value in tensor.AsSpan<float>())
            value = 0.1f + Math.Abs(value);
        return tensor;
    }
}
