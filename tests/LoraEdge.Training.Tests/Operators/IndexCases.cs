namespace LoraEdge.Training.Tests.Operators;

/// <summary>Look-ups by element and by tuple, and updates at indices.</summary>
internal static class IndexCases
{
    public static IEnumerable<OperatorCase> All() => [.. GatherElements(), .. GatherTuples(), .. ScatterElements(), .. ScatterTuples()];

    private static IEnumerable<OperatorCase> GatherElements()
    {
        foreach (int axis in new[] { 0, 1, -1 })
        {
            HostTensor indices = HostTensor.From([1L, -1L, 0L, -2L, 1L, 0L], 2, 3, 1);
            yield return new OperatorCase("GatherElements", Opset: 11).Feed(2, 3, 4).Feed(indices).With("axis", axis);
            yield return new OperatorCase("GatherElements", Opset: 13).Feed(2, 3, 4).Constant(indices).With("axis", axis);
        }

        yield return new OperatorCase("GatherElements").Feed(4).Feed(HostTensor.From([3, 0, 3, 1, -4, 2], 6));
        yield return new OperatorCase("GatherElements").Feed(HostTensor.From([7L, 8L, 9L], 3)).Feed(HostTensor.From([2L, 0L], 2));
        yield return new OperatorCase("GatherElements").Feed(4, 2).Feed(HostTensor.From(Array.Empty<long>(), 0, 2));
    }

    private static IEnumerable<OperatorCase> GatherTuples()
    {
        yield return new OperatorCase("GatherND", Opset: 11).Feed(2, 3, 4).Feed(HostTensor.From([1L, -1L, 0L, 2L], 2, 2));
        yield return new OperatorCase("GatherND", Opset: 13).Feed(2, 3, 4).Constant(HostTensor.From([1L, 2L, -1L, 0L, 0L, 0L], 2, 3));
        yield return new OperatorCase("GatherND").Feed(2, 3, 4).Feed(HostTensor.From([1L, 0L, -2L], 3, 1));
        yield return new OperatorCase("GatherND").Feed(2, 3).Feed(HostTensor.From([1L], 1));
        yield return new OperatorCase("GatherND", Opset: 12).Feed(2, 3, 4).Feed(HostTensor.From([1L, -1L, 0L, 2L], 2, 2, 1)).With("batch_dims", 1);
        yield return new OperatorCase("GatherND").Feed(2, 3, 4).Feed(HostTensor.From([1L, 2L], 2, 1)).With("batch_dims", 1);
        yield return new OperatorCase("GatherND").Feed(2, 2, 4, 5).Feed(HostTensor.From([0L, 1L, 2L, 3L, 3L, 4L, -1L, -1L], 2, 2, 2)).With("batch_dims", 2);
        yield return new OperatorCase("GatherND").Feed(HostTensor.From([1L, 2L, 3L, 4L], 2, 2)).Feed(HostTensor.From([0L, 1L], 1, 2));
        yield return new OperatorCase("GatherND").Feed(4, 2).Feed(HostTensor.From(Array.Empty<long>(), 0, 1));
    }

    private static IEnumerable<OperatorCase> ScatterElements()
    {
        HostTensor indices = HostTensor.From([1L, -1L, 0L, 0L], 2, 2), twice = HostTensor.From([1L, 1L, 1L, 0L, 0L, 1L, 1L, -1L], 4, 2);
        foreach (int axis in new[] { 0, 1, -1 })
        {
            yield return new OperatorCase("Scatter", Opset: 9).Feed(3, 3).Feed(indices).Feed(2, 2).With("axis", axis);
            yield return new OperatorCase("ScatterElements", Opset: 11).Feed(3, 3).Feed(indices).Feed(2, 2).With("axis", axis);
            foreach (string reduction in new[] { "add", "mul", "min", "max" })
                yield return new OperatorCase("ScatterElements", Opset: 18).Feed(4, 3).Feed(twice).Feed(4, 2).With("axis", axis).With("reduction", reduction);
        }

        foreach (string reduction in new[] { "none", "add", "mul" })
            yield return new OperatorCase("ScatterElements", Opset: 16).Feed(2, 3, 4).Constant(HostTensor.From([0L, 1L, 3L], 1, 1, 3)).Feed(1, 1, 3).With("axis", 2).With("reduction", reduction);
        foreach (string reduction in new[] { "add", "mul", "min", "max" })
            yield return new OperatorCase("ScatterElements", Opset: 18).Feed(HostTensor.From([3L, 4L, 5L], 3)).Feed(HostTensor.From([0, 0, 2, 0], 4)).Feed(HostTensor.From([2L, 7L, 6L, -1L], 4)).With("reduction", reduction);
        yield return new OperatorCase("ScatterElements", Opset: 18).Feed(3).Feed(HostTensor.From(Array.Empty<long>(), 0)).Feed(0);
    }

    private static IEnumerable<OperatorCase> ScatterTuples()
    {
        yield return new OperatorCase("ScatterND", Opset: 11).Feed(4, 3).Feed(HostTensor.From([3L, -3L], 2, 1)).Feed(2, 3);
        yield return new OperatorCase("ScatterND", Opset: 13).Feed(2, 3, 4).Constant(HostTensor.From([1L, -1L, 0L, 2L], 2, 2)).Feed(2, 4);
        yield return new OperatorCase("ScatterND").Feed(2, 3).Feed(HostTensor.From([0L, 1L, 1L, 2L], 2, 1, 2)).Feed(2, 1);
        foreach (string reduction in new[] { "none", "add", "mul" })
            yield return new OperatorCase("ScatterND", Opset: 16).Feed(4, 3).Feed(HostTensor.From([3L, 0L], 2, 1)).Feed(2, 3).With("reduction", reduction);
        foreach (string reduction in new[] { "add", "mul", "min", "max" })
            yield return new OperatorCase("ScatterND", Opset: 18).Feed(3, 2).Feed(HostTensor.From([2L, 0L, 2L, 2L, -1L], 5, 1)).Feed(5, 2).With("reduction", reduction);
        yield return new OperatorCase("ScatterND").Feed(3, 2).Feed(HostTensor.From(Array.Empty<long>(), 0, 1)).Feed(0, 2);
    }
}
