namespace LoraEdge.Training.Tests.Operators;

/// <summary>Conversions of the element type, constants, and Dropout, which only passes through.</summary>
internal static class TypeCases
{
    public static IEnumerable<OperatorCase> All() => [.. Casts(), .. OutOfRange(), .. CastsLike(), .. Constants(), .. Dropouts()];

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

    /// <summary>Far outside what the type holds, infinities and NaN: long enough for vector code and its remainder.</summary>
    private static IEnumerable<OperatorCase> OutOfRange()
    {
        float[] values = [127.9f, 128f, -128.9f, -129f, 255.5f, 256f, 300f, -1f, 40000f, 2147483648f, -2147483904f, 4294967296f, 1e10f, -1e10f, 9.3e18f, -9.3e18f, 1e20f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0.4f, -0.4f, -0f];
        foreach (TensorElementType target in new[] { TensorElementType.Int64, TensorElementType.Int32, TensorElementType.Int8, TensorElementType.UInt8, TensorElementType.Boolean })
        {
            foreach (int opset in new[] { 9, 13, 19 })
                yield return new OperatorCase("Cast", opset).Feed(HostTensor.From(values, values.Length)).With("to", (int)target);
            yield return new OperatorCase("Cast").Feed(OperatorCase.Halves(HostTensor.From(values, values.Length))).With("to", (int)target);
            yield return new OperatorCase("Cast").Feed(HostTensor.From([long.MaxValue, long.MinValue, 1L << 32, 300L, -300L], 5)).With("to", (int)target);
            yield return new OperatorCase("Cast").Feed(HostTensor.From([int.MaxValue, int.MinValue, 300, -300], 4)).With("to", (int)target);
        }

        yield return new OperatorCase("Cast") { Tolerance = 0 }.Feed(HostTensor.From(values, values.Length)).With("to", (int)TensorElementType.Float16);
    }

    private static IEnumerable<OperatorCase> CastsLike()
    {
        foreach (int opset in new[] { 15, 19 })
        {
            yield return new OperatorCase("CastLike", opset).Feed(HostTensor.From([1.5f, -2.5f], 2)).Feed(HostTensor.From([1L]));
            yield return new OperatorCase("CastLike", opset).Feed(HostTensor.From([1L, -2L], 2)).Constant(HostTensor.From([1f], 1));
            yield return new OperatorCase("CastLike", opset).Feed(2, 3).Feed(4);
        }
    }

    private static IEnumerable<OperatorCase> Dropouts()
    {
        yield return new OperatorCase("Dropout", Opset: 7).Feed(2, 3).With("ratio", 0.3f);
        foreach (int outputs in new[] { 1, 2 })
        {
            yield return new OperatorCase("Dropout", Opset: 10).Feed(2, 3).With("ratio", 0.3f).Outputs(outputs);
            foreach (int opset in new[] { 12, 13, 22 })
            {
                yield return new OperatorCase("Dropout", opset).Feed(2, 3).Outputs(outputs);
                yield return new OperatorCase("Dropout", opset).Feed(2, 3).Constant(HostTensor.From([0.3f])).Outputs(outputs);
                yield return new OperatorCase("Dropout", opset).Feed(2, 3).Feed(HostTensor.From([0.3f])).Feed(HostTensor.From([false])).Outputs(outputs);
                yield return new OperatorCase("Dropout", opset).Feed(2, 3).Omit().Constant(HostTensor.From([false])).Outputs(outputs);
                yield return new OperatorCase("Dropout", opset).Feed(2, 3).Constant(HostTensor.From([0f])).Constant(HostTensor.From([true])).Outputs(outputs);
            }
        }
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
