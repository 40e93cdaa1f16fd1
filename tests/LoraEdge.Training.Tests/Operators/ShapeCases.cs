namespace LoraEdge.Training.Tests.Operators;

/// <summary>Operators that change the shape and not the values.</summary>
internal static class ShapeCases
{
    public static IEnumerable<OperatorCase> All() => [.. Shapes(), .. Reshapes(), .. Transposes(), .. Squeezes(), .. Expands()];

    private static IEnumerable<OperatorCase> Shapes()
    {
        yield return new OperatorCase("Shape", Opset: 9).Feed(2, 3, 4);
        yield return new OperatorCase("Shape").Feed();
        foreach ((int start, int end) in new[] { (1, 3), (-2, 3), (0, -1), (2, 1), (-9, 9) })
            yield return new OperatorCase("Shape", Opset: 15).Feed(2, 3, 4).With("start", start).With("end", end);
        yield return new OperatorCase("Shape", Opset: 15).Feed(2, 3, 4).With("start", 1);
        foreach (long[] shape in new long[][] { [2, 3, 4], [], [0, 2] })
            yield return new OperatorCase("Size", Opset: 13).Feed(shape);
        yield return new OperatorCase("Size", Opset: 9).Feed(HostTensor.From([1L, 2L], 2));
        yield return new OperatorCase("Identity").Feed(2, 3);
        yield return new OperatorCase("Identity", Opset: 7).Feed(HostTensor.From([true, false], 2));
        foreach (int axis in new[] { 0, 1, 2, 3, -1, -2 })
            yield return new OperatorCase("Flatten", Opset: 11).Feed(2, 3, 4).With("axis", axis);
        yield return new OperatorCase("Flatten", Opset: 9).Feed(2, 3, 4);
    }

    private static IEnumerable<OperatorCase> Reshapes()
    {
        foreach (long[] to in new long[][] { [6, 4], [-1], [2, -1], [0, -1], [0, 0, 2, 2], [1, 2, 3, 4], [4, 0, 2] })
            yield return new OperatorCase("Reshape", Opset: 5).Feed(2, 3, 4).Integers(to);
        yield return new OperatorCase("Reshape", Opset: 1).Feed(2, 3, 4).With("shape", new[] { 0, -1 });
        yield return new OperatorCase("Reshape").Feed(2, 6).Feed(HostTensor.From([3L, -1L], 2));
        yield return new OperatorCase("Reshape").Feed(1, 1).Integers();
        yield return new OperatorCase("Reshape", Opset: 14).Feed(0, 3).Integers(3, 0).With("allowzero", 1);
        yield return new OperatorCase("Reshape", Opset: 14).Feed(0, 3).Integers(0, 3).With("allowzero", 0);
        yield return new OperatorCase("Reshape", Opset: 21).Feed(0, 3).Integers(2, 0, 7).With("allowzero", 1);
        yield return new OperatorCase("Reshape", Opset: 19).Feed(0, 3).Integers(3, -1);
    }

    private static IEnumerable<OperatorCase> Transposes()
    {
        yield return new OperatorCase("Transpose").Feed(2, 3, 4);
        foreach (int[] order in new int[][] { [0, 2, 1], [2, 0, 1], [0, 1, 2] })
            yield return new OperatorCase("Transpose", Opset: 9).Feed(2, 3, 4).With("perm", order);
        yield return new OperatorCase("Transpose").Feed(5);
        yield return new OperatorCase("Transpose").Feed(HostTensor.From([1L, 2L, 3L, 4L], 2, 2));
    }

    private static IEnumerable<OperatorCase> Squeezes()
    {
        yield return new OperatorCase("Squeeze", Opset: 11).Feed(1, 3, 1);
        yield return new OperatorCase("Squeeze", Opset: 11).Feed(1, 3, 1).With("axes", Array.Empty<int>());
        yield return new OperatorCase("Squeeze", Opset: 13).Feed(1, 3, 1).Integers();
        yield return new OperatorCase("Squeeze", Opset: 13).Feed(1, 3, 1);
        foreach (long[] axes in new long[][] { [0], [-1], [0, 2] })
        {
            yield return new OperatorCase("Squeeze", Opset: 11).Feed(1, 3, 1).With("axes", axes);
            yield return new OperatorCase("Squeeze", Opset: 13).Feed(1, 3, 1).Integers(axes);
        }

        foreach (long[] axes in new long[][] { [0], [-1], [1, 3], [3, 1], [-4, -1] })
        {
            yield return new OperatorCase("Unsqueeze", Opset: 11).Feed(2, 3).With("axes", axes);
            yield return new OperatorCase("Unsqueeze", Opset: 13).Feed(2, 3).Integers(axes);
        }
    }

    private static IEnumerable<OperatorCase> Expands()
    {
        foreach (long[] to in new long[][] { [2, 3, 4], [3, 4], [1, 1], [5, 3, 4], [1], [] })
            yield return new OperatorCase("Expand", Opset: 8).Feed(3, 1).Integers(to);
        yield return new OperatorCase("Expand").Feed().Integers(2, 2);
        yield return new OperatorCase("Expand", Opset: 13).Feed(3, 1).Feed(HostTensor.From([2L, 1L, 4L], 3));
        yield return new OperatorCase("Expand").Feed(1, 3).Integers(0, 3);
        foreach (long[] repeats in new long[][] { [1, 1], [2, 1], [1, 3], [2, 3], [0, 2] })
            yield return new OperatorCase("Tile", Opset: 13).Feed(2, 3).Integers(repeats);
        yield return new OperatorCase("Tile", Opset: 6).Feed(HostTensor.From([1L, 2L], 2)).Feed(HostTensor.From([3L], 1));
        yield return new OperatorCase("Tile", Opset: 7).Feed(HostTensor.From([true, false], 2)).Integers(2);
    }
}
