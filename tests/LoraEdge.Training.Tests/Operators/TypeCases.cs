namespace LoraEdge.Training.Tests.Operators;

/// <summary>Conversions of the element type, and constants.</summary>
internal static class TypeCases
{
    public static IEnumerable<OperatorCase> All() => [.. Casts(), .. Constants()];

    private static IEnumerable<OperatorCase> Casts()
    {
        HostTensor[] sources =
        [
            HostTensor.From([0f, 1.5f, -1.5f, 2.999f, 100f], 5), HostTensor.From([0L, 1L, -3L, 100L], 4), HostTensor.From([0, 1, -3, 100], 4),
            HostTensor.From(new byte[] { 0, 1, 100 }, 3), HostTensor.From(new sbyte[] { 0, 1, -100 }, 3), HostTensor.From([true, false], 2),
            new HostTensor(TensorElementType.Float16, [2], [0x00, 0x3C, 0x00, 0xC0]),
        ];
        TensorElementType[] targets = [TensorElementType.Float32, TensorElementType.Float16, TensorElementType.Int64, TensorElementType.Int32, TensorElementType.Boolean];
        foreach (HostTensor source in sources)
        {
            foreach (TensorElementType target in targets)
                yield return new OperatorCase("Cast", Opset: 13).Feed(source).With("to", (int)target);
        }

        foreach (TensorElementType small in new[] { TensorElementType.Int8, TensorElementType.UInt8 })
            yield return new OperatorCase("Cast", Opset: 6).Feed(HostTensor.From([0f, 1.5f, 99.9f], 3)).With("to", (int)small);
    }

    private static IEnumerable<OperatorCase> Constants()
    {
        yield return new OperatorCase("Constant", Opset: 1).With("value", GraphBuilder.Tensor("", [1f, 2f, 3f, 4f], 2, 2));
        yield return new OperatorCase("Constant", Opset: 11).With("value", GraphBuilder.Tensor("", [5L]));
        yield return new OperatorCase("Constant").With("value_float", 0.5f);
        yield return new OperatorCase("Constant").With("value_int", -7L);
        yield return new OperatorCase("Constant").With("value_floats", new[] { 0.5f, 1f });
        yield return new OperatorCase("Constant").With("value_ints", new[] { 3L, 4L });
    }
}
