namespace LoraEdge.Training.Tests.Operators;

/// <summary>Operators that make tensors from shapes, limits and indices.</summary>
internal static class FillCases
{
    public static IEnumerable<OperatorCase> All() => [.. Constants(), .. Identities(), .. Ranges(), .. OneHots()];

    private static IEnumerable<OperatorCase> Constants()
    {
        yield return new OperatorCase("ConstantOfShape", Opset: 9).Integers(2, 3);
        yield return new OperatorCase("ConstantOfShape").Integers();
        yield return new OperatorCase("ConstantOfShape").Integers(2, 0);
        yield return new OperatorCase("ConstantOfShape").Feed(HostTensor.From([2L, 2L], 2)).With("value", GraphBuilder.Tensor("", [7L], 1));
        yield return new OperatorCase("ConstantOfShape").Integers(3).With("value", GraphBuilder.Tensor("", [1.5f], 1));
        yield return new OperatorCase("ConstantOfShape").Integers(3).With("value", GraphBuilder.Tensor("", OnnxDataType.Bool, [1], 1));
    }

    private static IEnumerable<OperatorCase> Identities()
    {
        yield return new OperatorCase("EyeLike", Opset: 9).Feed(3, 4);
        foreach (int diagonal in new[] { 1, -2, 5, -9 })
            yield return new OperatorCase("EyeLike").Feed(4, 3).With("k", diagonal);
        yield return new OperatorCase("EyeLike").Feed(HostTensor.From([1L, 2L, 3L, 4L], 2, 2));
        yield return new OperatorCase("EyeLike").Feed(HostTensor.From([1L, 2L, 3L, 4L], 2, 2)).With("dtype", OnnxDataType.Float);
    }

    private static IEnumerable<OperatorCase> Ranges()
    {
        foreach ((long start, long limit, long delta) in new[] { (0L, 5L, 1L), (2L, 11L, 3L), (5L, 0L, -2L), (3L, 3L, 1L), (0L, 5L, -1L), (-7L, 1L << 40, 1L << 39) })
        {
            yield return new OperatorCase("Range", Opset: 11).Constant(HostTensor.From([start])).Constant(HostTensor.From([limit])).Constant(HostTensor.From([delta]));
            yield return new OperatorCase("Range").Feed(HostTensor.From([start])).Feed(HostTensor.From([limit])).Feed(HostTensor.From([delta]));
        }

        foreach ((float start, float limit, float delta) in new[] { (0f, 1f, 0.25f), (1f, 2f, 0.1f), (2f, -1f, -0.7f), (1f, 0f, 1f) })
            yield return new OperatorCase("Range") { Tolerance = Sums }.Feed(HostTensor.From([start])).Feed(HostTensor.From([limit])).Constant(HostTensor.From([delta]));
        yield return new OperatorCase("Range").Feed(HostTensor.From([1])).Feed(HostTensor.From([8])).Feed(HostTensor.From([2]));
    }

    private static IEnumerable<OperatorCase> OneHots()
    {
        HostTensor indices = HostTensor.From([1L, 0L, 3L, -1L, 9L, -9L], 2, 3), values = HostTensor.From([-0.5f, 2f], 2);
        foreach (int axis in new[] { -1, 0, 1, 2 })
        {
            yield return new OperatorCase("OneHot", Opset: 9).Feed(indices).Constant(HostTensor.From([4L])).Constant(values).With("axis", axis);
            yield return new OperatorCase("OneHot", Opset: 11).Feed(indices).Feed(HostTensor.From([4L])).Feed(values).With("axis", axis);
        }

        yield return new OperatorCase("OneHot").Feed(HostTensor.From([2L], 1)).Integers(3).Feed(values);
        yield return new OperatorCase("OneHot").Feed(HostTensor.From([2f, 0f], 2)).Constant(HostTensor.From([3f])).Feed(values);
        yield return new OperatorCase("OneHot").Feed(HostTensor.From([2L, 0L], 2)).Constant(HostTensor.From([3L])).Feed(HostTensor.From([0L, 1L], 2));
    }

    /// <summary>ONNX Runtime adds delta up step by step.</summary>
    private const double Sums = 1e-6;
}
