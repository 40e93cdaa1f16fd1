namespace LoraEdge.Training.Tests.Operators;

/// <summary>Operators whose results depend on which elements are there: ranking, masks, distinct elements, sequences, triangles.</summary>
internal static class SelectionCases
{
    private static readonly HostTensor s_repeated = HostTensor.From([2f, 1f, 1f, 3f, 4f, 3f, 2f, 0f, -1f, 3f, 3f, 2f], 3, 4);

    public static IEnumerable<OperatorCase> All() => [.. Rankings(), .. Masks(), .. Distinct(), .. Sequences(), .. Triangles()];

    private static IEnumerable<OperatorCase> Rankings()
    {
        yield return new OperatorCase("TopK", Opset: 1).Feed(3, 5).Outputs(2).With("k", 2);
        yield return new OperatorCase("TopK", Opset: 9).Feed(s_repeated).Outputs(2).With("k", 2).With("axis", 0);
        foreach (int axis in new[] { -1, 0, 1 })
        {
            yield return new OperatorCase("TopK", Opset: 10).Feed(s_repeated).Integers(3).Outputs(2).With("axis", axis);
            foreach (int largest in new[] { 0, 1 })
            {
                yield return new OperatorCase("TopK", Opset: 11).Feed(s_repeated).Integers(2).Outputs(2).With("axis", axis).With("largest", largest);
                yield return new OperatorCase("TopK").Feed(4, 6).Feed(HostTensor.From([3L], 1)).Outputs(2).With("axis", axis).With("largest", largest);
            }
        }

        yield return new OperatorCase("TopK").Feed(HostTensor.From([5L, 7L, 7L, 1L], 4)).Integers(3).Outputs(2);
        yield return new OperatorCase("TopK").Feed(HostTensor.From([5, 7, 7, 1], 4)).Integers(4).Outputs(2).With("largest", 0);
        yield return new OperatorCase("TopK").Feed(3, 4).Integers(0).Outputs(2);
    }

    private static IEnumerable<OperatorCase> Masks()
    {
        HostTensor mask = HostTensor.From([false, true, true], 3);
        yield return new OperatorCase("NonZero", Opset: 9).Feed(HostTensor.From([0f, 1f, 0f, -2f, 0f, 0.5f], 2, 3));
        yield return new OperatorCase("NonZero", Opset: 13).Feed(HostTensor.From([true, false, true, true], 2, 2));
        yield return new OperatorCase("NonZero").Feed(HostTensor.From([0L, 5L, 0L], 3));
        yield return new OperatorCase("NonZero").Feed(HostTensor.From([0, 0], 2));
        yield return new OperatorCase("NonZero").Constant(HostTensor.From([0L, 5L, 1L], 3));
        yield return new OperatorCase("Compress", Opset: 9).Feed(3, 4).Feed(mask).With("axis", 0);
        yield return new OperatorCase("Compress", Opset: 11).Feed(4, 3).Constant(mask).With("axis", -1);
        yield return new OperatorCase("Compress").Feed(4, 5).Feed(mask).With("axis", 1);
        yield return new OperatorCase("Compress").Feed(2, 3).Feed(mask);
        yield return new OperatorCase("Compress").Feed(2).Feed(mask);
        yield return new OperatorCase("Compress").Feed(2, 3).Feed(HostTensor.From([false, false], 2)).With("axis", 0);
    }

    private static IEnumerable<OperatorCase> Distinct()
    {
        HostTensor rows = HostTensor.From([3f, 1f, 0f, 0f, 3f, 1f, 0f, -1f, 0f, 0f], 5, 2);
        foreach (int sorted in new[] { 0, 1 })
        {
            yield return new OperatorCase("Unique", Opset: 11).Feed(s_repeated).Outputs(4).With("sorted", sorted);
            yield return new OperatorCase("Unique").Feed(rows).Outputs(4).With("sorted", sorted).With("axis", 0);
            yield return new OperatorCase("Unique").Feed(s_repeated).Outputs(4).With("sorted", sorted).With("axis", -1);
        }

        yield return new OperatorCase("Unique").Feed(HostTensor.From([4L, 4L, 2L], 3)).Outputs(2);
        yield return new OperatorCase("Unique").Feed(0).Outputs(4);
    }

    private static IEnumerable<OperatorCase> Sequences()
    {
        HostTensor lengths = HostTensor.From([3L, 0L, 4L, 1L], 4);
        foreach (long[] shape in new long[][] { [4, 4], [4, 4, 2] })
        {
            yield return new OperatorCase("ReverseSequence", Opset: 10).Feed(shape).Feed(lengths);
            yield return new OperatorCase("ReverseSequence").Feed(shape).Constant(lengths).With("batch_axis", 0).With("time_axis", 1);
        }
    }

    private static IEnumerable<OperatorCase> Triangles()
    {
        foreach (int upper in new[] { 0, 1 })
        {
            yield return new OperatorCase("Trilu", Opset: 14).Feed(4, 5).With("upper", upper);
            foreach (long diagonal in new[] { 0L, 1L, -2L, 9L, -9L })
            {
                yield return new OperatorCase("Trilu").Feed(2, 4, 3).Constant(HostTensor.From([diagonal])).With("upper", upper);
                yield return new OperatorCase("Trilu").Feed(4, 4).Feed(HostTensor.From([diagonal])).With("upper", upper);
            }
        }

        yield return new OperatorCase("Trilu").Feed(HostTensor.From([1L, 2L, 3L, 4L], 2, 2));
        yield return new OperatorCase("Trilu").Feed(HostTensor.From([true, true, true, true], 2, 2));
    }
}
