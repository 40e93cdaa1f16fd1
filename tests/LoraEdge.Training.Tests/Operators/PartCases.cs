namespace LoraEdge.Training.Tests.Operators;

/// <summary>Gather, Slice, Concat and Split.</summary>
internal static class PartCases
{
    public static IEnumerable<OperatorCase> All() => [.. Gathers(), .. Slices(), .. Concats(), .. Splits()];

    private static IEnumerable<OperatorCase> Gathers()
    {
        foreach (int axis in new[] { 0, 1, -1 })
        {
            HostTensor indices = HostTensor.From([1L, -1L, 0L, -2L, 1L, 0L], 2, 3);
            yield return new OperatorCase("Gather", Opset: 11).Feed(2, 3, 4).Constant(indices).With("axis", axis);
            yield return new OperatorCase("Gather", Opset: 13).Feed(2, 3, 4).Feed(indices).With("axis", axis);
            foreach (long position in new[] { 1L, -2L })
            {
                yield return new OperatorCase("Gather").Feed(2, 3, 4).Constant(HostTensor.From([position])).With("axis", axis);
                yield return new OperatorCase("Gather").Feed(2, 3, 4).Feed(HostTensor.From([position])).With("axis", axis);
            }
        }

        yield return new OperatorCase("Gather", Opset: 1).Feed(5).Feed(HostTensor.From([4, 0], 2));
        yield return new OperatorCase("Gather").Feed(HostTensor.From([7L, 8L, 9L], 3)).Feed(HostTensor.From([2L, 0L], 2));
        yield return new OperatorCase("Gather").Feed(4, 2).Feed(HostTensor.From(Array.Empty<long>(), 0));
    }

    private static IEnumerable<OperatorCase> Slices()
    {
        yield return new OperatorCase("Slice", Opset: 9).Feed(4, 5).With("starts", new[] { 1, -3 }).With("ends", new[] { 3, 100 });
        yield return new OperatorCase("Slice", Opset: 9).Feed(4, 5).With("starts", new[] { 1 }).With("ends", new[] { -1 }).With("axes", new[] { 1 });
        yield return new OperatorCase("Slice", Opset: 10).Feed(4, 5).Integers(1, 0).Integers(3, 2);
        yield return new OperatorCase("Slice", Opset: 11).Feed(4, 5).Integers(1).Integers(long.MaxValue).Integers(-1);
        yield return new OperatorCase("Slice").Feed(4, 5).Integers(0).Integers(5).Omit().Integers(2);
        foreach ((long start, long end, long step) in new[] { (0L, 10L, 3L), (1L, 8L, 2L), (-1L, -100L, -1L), (9L, 0L, -2L), (8L, 1L, -3L), (7L, 7L, -1L), (3L, 7L, -1L), (100L, long.MinValue, -4L), (-1L, 0L, long.MinValue), (5L, 2L, 1L), (-3L, 10L, 1L) })
            yield return new OperatorCase("Slice", Opset: 13).Feed(2, 10).Integers(start).Integers(end).Integers(1).Integers(step);
        yield return new OperatorCase("Slice").Feed(4, 5).Feed(HostTensor.From([3L], 1)).Feed(HostTensor.From([0L], 1)).Integers(1).Feed(HostTensor.From([-2L], 1));
        yield return new OperatorCase("Slice").Feed(4, 5).Integers(-1, 4).Integers(-5, 0).Integers(0, 1).Integers(-1, -2);
    }

    private static IEnumerable<OperatorCase> Concats()
    {
        yield return new OperatorCase("Concat", Opset: 4).Feed(2, 3).Feed(2, 1).With("axis", 1);
        yield return new OperatorCase("Concat").Feed(2, 3).Constant(OperatorCase.Random([4, 3], seed: 5)).Feed(1, 3).With("axis", -2);
        yield return new OperatorCase("Concat").Feed(2, 3).With("axis", 0);
        yield return new OperatorCase("Concat").Feed(2, 0).Feed(2, 3).With("axis", 1);
        yield return new OperatorCase("Concat").Feed(HostTensor.From([1L], 1)).Feed(HostTensor.From([2L, 3L], 2)).With("axis", 0);
    }

    private static IEnumerable<OperatorCase> Splits()
    {
        foreach (int axis in new[] { 0, 1, -1 })
            yield return new OperatorCase("Split", Opset: 11).Feed(4, 6).Outputs(2).With("axis", axis);
        yield return new OperatorCase("Split", Opset: 2).Feed(4, 6).Outputs(3).With("axis", 1).With("split", new[] { 1, 2, 3 });
        yield return new OperatorCase("Split", Opset: 13).Feed(4, 6).Integers(1, 5).Outputs(2).With("axis", -1);
        yield return new OperatorCase("Split", Opset: 13).Feed(4, 6).Outputs(4);
        yield return new OperatorCase("Split", Opset: 18).Feed(4, 7).Outputs(3).With("axis", 1).With("num_outputs", 3);
        yield return new OperatorCase("Split", Opset: 18).Feed(4, 7).Integers(0, 7).Outputs(2).With("axis", 1);
        yield return new OperatorCase("Split", Opset: 18).Feed(4, 6).Feed(HostTensor.From([4L, 2L], 2)).Outputs(2).With("axis", 1);
    }
}
