namespace LoraEdge.Training.Tests.Operators;

/// <summary>Quantization, and products of integers.</summary>
internal static class QuantizedCases
{
    private const string Microsoft = "com.microsoft";
    private const double Sums = 1e-5;

    public static IEnumerable<OperatorCase> All() =>
        [.. Quantizations(), .. Dequantizations(), .. Dynamic(), .. MatMuls(), .. Convolutions(), .. Requantized(), .. ToFloat(), .. Blocks()];

    private static IEnumerable<OperatorCase> Quantizations()
    {
        // Halves, and numbers beyond both ends.
        HostTensor x = HostTensor.From([0f, 0.25f, -0.25f, 0.75f, 1.25f, -1.75f, 1000f, -1000f, 63.4f, -64.2f, 0.1f, -0.1f], 2, 6);
        foreach (int opset in new[] { 10, 13, 19, 21 })
        {
            yield return new OperatorCase("QuantizeLinear", opset).Feed(x).Constant(HostTensor.From([0.5f])).Constant(Bytes(7));
            yield return new OperatorCase("QuantizeLinear", opset).Feed(x).Feed(HostTensor.From([0.5f])).Feed(SignedBytes(-3));
            yield return new OperatorCase("QuantizeLinear", opset).Feed(x).Constant(HostTensor.From([0.3f]));
        }

        foreach (int axis in new[] { 0, 1, -1 })
        {
            long size = axis == 0 ? 2 : 6;
            HostTensor scales = HostTensor.From([.. new[] { 0.5f, 0.25f, 1f, 2f, 0.1f, 0.7f }.Take((int)size)], size);
            yield return new OperatorCase("QuantizeLinear", 13).Feed(x).Constant(scales).Constant(SignedBytes([.. new sbyte[] { 0, -5, 9, 100, -100, 1 }.Take((int)size)], size)).With("axis", axis);
            yield return new OperatorCase("QuantizeLinear", 13).Feed(x).Constant(scales).Constant(Bytes([.. new byte[] { 0, 5, 9, 100, 255, 128 }.Take((int)size)], size)).With("axis", axis);
        }

        yield return new OperatorCase("QuantizeLinear", 21).Feed(x).Constant(OnePerBlock()).Constant(SignedBytes([1, 2, 3, 4], 2, 2)).With("axis", 1).With("block_size", 3);
        yield return new OperatorCase("QuantizeLinear", 21).Feed(x).Constant(HostTensor.From([0.5f])).With("output_dtype", 3);
        yield return new OperatorCase("QuantizeLinear", 19).Feed(Half(1, -3, 0.75f)).Constant(Half(0.5f)).Constant(Bytes([7], 1));
        yield return new OperatorCase("QuantizeLinear", 23).Feed(x).Constant(HostTensor.From([0.5f])).Constant(Bytes(7)).With("precision", 1);
        yield return new OperatorCase("QuantizeLinear") { Domain = Microsoft }.Feed(x).Constant(HostTensor.From([0.5f])).Constant(Bytes(7));
        yield return new OperatorCase("QuantizeLinear", 10).Feed(HostTensor.From([3f, -2f], 2)).Constant(HostTensor.From([0.5f], 1)).Constant(Bytes([7], 1));
    }

    private static IEnumerable<OperatorCase> Dequantizations()
    {
        HostTensor bytes = Bytes([0, 255, 7, 128, 3, 200], 2, 3), signed = SignedBytes([0, 127, 7, -128, 3, -100], 2, 3);
        foreach (int opset in new[] { 10, 13, 19, 21 })
        {
            yield return new OperatorCase("DequantizeLinear", opset).Feed(bytes).Constant(HostTensor.From([0.3f])).Constant(Bytes(7));
            yield return new OperatorCase("DequantizeLinear", opset).Feed(signed).Constant(HostTensor.From([0.3f])).Constant(SignedBytes(-7));
            yield return new OperatorCase("DequantizeLinear", opset).Feed(signed).Feed(HostTensor.From([0.3f]));
            yield return new OperatorCase("DequantizeLinear", opset).Feed(HostTensor.From([5, -100000, 20000000, 3], 4)).Constant(HostTensor.From([0.3f]));
        }

        yield return new OperatorCase("DequantizeLinear", 19).Feed(bytes).Constant(Half(0.3f)).Constant(Bytes([7], 1));
        yield return new OperatorCase("DequantizeLinear", 23).Feed(bytes).Constant(HostTensor.From([0.3f])).Constant(Bytes(7));
        yield return new OperatorCase("DequantizeLinear") { Domain = Microsoft }.Feed(bytes).Constant(HostTensor.From([0.3f])).Constant(Bytes(7));
        foreach (int axis in new[] { 0, 1, -2 })
        {
            long size = axis == 1 ? 3 : 2;
            HostTensor scales = HostTensor.From([.. new[] { 0.5f, 0.25f, 1f }.Take((int)size)], size);
            yield return new OperatorCase("DequantizeLinear", 13).Constant(signed).Feed(scales).Constant(SignedBytes([.. new sbyte[] { 0, -5, 9 }.Take((int)size)], size)).With("axis", axis);
            yield return new OperatorCase("DequantizeLinear", 13).Feed(bytes).Feed(scales).With("axis", axis);
        }

        yield return new OperatorCase("DequantizeLinear", 21).Feed(SignedBytes([1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6], 2, 6)).Constant(OnePerBlock()).Constant(SignedBytes([1, 2, 3, 4], 2, 2)).With("axis", 1).With("block_size", 3);
    }

    private static IEnumerable<OperatorCase> Dynamic()
    {
        foreach (HostTensor x in new[] { OperatorCase.Random([3, 40], 5), HostTensor.From([1f, 2f, 3f], 3), HostTensor.From([-1f, -2f], 2), HostTensor.From([0f, 0f], 2), HostTensor.From([0.3f]) })
            yield return new OperatorCase("DynamicQuantizeLinear", 11).Feed(x).Outputs(3);
    }

    private static IEnumerable<OperatorCase> MatMuls()
    {
        (long[] A, long[] B)[] shapes = [([3, 4], [4, 5]), ([2, 3, 4], [4, 5]), ([2, 3, 4], [2, 4, 5]), ([2, 1, 3, 4], [3, 4, 2]), ([1, 300], [300, 2])];
        foreach ((long[] a, long[] b) in shapes)
        {
            yield return new OperatorCase("MatMulInteger", 10).Feed(RandomBytes(a, 1)).Feed(RandomBytes(b, 2));
            yield return new OperatorCase("MatMulInteger", 10).Feed(RandomBytes(a, 1)).Constant(RandomSigned(b, 2)).Constant(Bytes(128)).Constant(SignedBytes(-3));
            yield return new OperatorCase("MatMulInteger", 10).Feed(RandomBytes(a, 1)).Constant(RandomBytes(b, 2)).Feed(Bytes(200)).Feed(Bytes(0));
            yield return new OperatorCase("MatMulInteger", 10).Feed(RandomSigned(a, 1)).Feed(RandomSigned(b, 2)).Constant(SignedBytes(0)).Constant(SignedBytes(5));
        }

        yield return new OperatorCase("MatMulInteger", 10).Feed(RandomBytes([3, 4], 1)).Constant(RandomSigned([4, 2], 2)).Constant(Bytes(128)).Constant(SignedBytes([-3, 7], 2));
    }

    private static IEnumerable<OperatorCase> Convolutions()
    {
        yield return new OperatorCase("ConvInteger", 10).Feed(RandomBytes([2, 3, 6, 7], 1)).Constant(RandomBytes([4, 3, 3, 3], 2)).Constant(Bytes(9)).With("pads", new[] { 1, 0, 2, 1 }).With("strides", new[] { 2, 1 });
        yield return new OperatorCase("ConvInteger", 10).Feed(RandomBytes([1, 4, 6, 6], 1)).Feed(RandomBytes([4, 2, 3, 3], 2)).With("group", 2).With("dilations", new[] { 2, 1 });
        yield return new OperatorCase("ConvInteger", 10).Feed(RandomBytes([1, 2, 8], 1)).Feed(RandomBytes([3, 2, 3], 2)).Constant(Bytes(100)).Constant(Bytes(50)).With("auto_pad", "SAME_UPPER").With("strides", new[] { 2 });
        yield return new OperatorCase("ConvInteger", 10).Feed(RandomBytes([1, 2, 7, 7], 1)).Feed(RandomBytes([3, 2, 2, 2], 2)).With("auto_pad", "SAME_LOWER");
        yield return new OperatorCase("ConvInteger", 10).Feed(RandomBytes([1, 64, 12, 12], 1)).Constant(RandomSigned([64, 64, 3, 3], 2)).Constant(Bytes(128));
        yield return new OperatorCase("ConvInteger", 10).Feed(RandomBytes([1, 1, 4, 4, 4], 1)).Feed(RandomBytes([2, 1, 2, 2, 2], 2)).With("auto_pad", "VALID");
    }

    private static IEnumerable<OperatorCase> Requantized()
    {
        foreach (bool perColumn in new[] { false, true })
        {
            yield return Factors(new OperatorCase("QLinearMatMul", 10), RandomBytes([6, 20], 1), RandomSigned([20, 3], 2), perColumn ? 3 : 0).Constant(HostTensor.From([3.1f])).Constant(Bytes(100));
            yield return Factors(new OperatorCase("QLinearMatMul", 21), RandomBytes([2, 6, 20], 1), RandomSigned([20, 3], 2), perColumn ? 3 : 0).Constant(HostTensor.From([2f])).Constant(Bytes(100));
            yield return Factors(new OperatorCase("QLinearConv", 10), RandomBytes([2, 3, 6, 7], 1), RandomSigned([4, 3, 3, 3], 2), perColumn ? 4 : 0).Constant(HostTensor.From([5.3f])).Constant(Bytes(120)).With("pads", new[] { 1, 1, 1, 1 });
            yield return Factors(new OperatorCase("QLinearConv", 10), RandomBytes([1, 4, 9], 1), RandomSigned([4, 2, 3], 2), perColumn ? 4 : 0).Constant(HostTensor.From([5.3f])).Constant(Bytes(120)).Constant(HostTensor.From([100, -3000, 7, 0], 4)).With("group", 2);
        }

        foreach (string operation in new[] { "QLinearAdd", "QLinearMul" })
        {
            foreach (long[] b in new long[][] { [3, 40], [40], [1] })
            {
                yield return new OperatorCase(operation) { Domain = Microsoft }
                    .Feed(RandomBytes([3, 40], 1)).Constant(HostTensor.From([0.021f])).Constant(Bytes(120))
                    .Feed(RandomBytes(b, 2)).Constant(HostTensor.From([0.017f])).Constant(Bytes(99))
                    .Constant(HostTensor.From([0.03f])).Constant(Bytes(101));
            }
        }
    }

    private static OperatorCase Factors(OperatorCase node, HostTensor a, HostTensor b, int columns) => columns == 0
        ? node.Feed(a).Constant(HostTensor.From([0.02f])).Constant(Bytes(117)).Constant(b).Constant(HostTensor.From([0.13f])).Constant(SignedBytes(0))
        : node.Feed(a).Constant(HostTensor.From([0.02f])).Constant(Bytes(117)).Constant(b)
            .Constant(HostTensor.From([.. new[] { 0.13f, 0.2f, 0.07f, 0.3f }.Take(columns)], columns)).Constant(SignedBytes(new sbyte[columns], columns));

    private static IEnumerable<OperatorCase> ToFloat()
    {
        HostTensor scales = HostTensor.From([0.01f, 0.02f, 0.03f, 0.04f, 0.05f], 5), bias = OperatorCase.Random([5], seed: 8);
        yield return new OperatorCase("DynamicQuantizeMatMul") { Domain = Microsoft, Tolerance = Sums }.Feed(2, 3, 8).Constant(RandomSigned([8, 5], 2)).Constant(HostTensor.From([0.01f]));
        yield return new OperatorCase("DynamicQuantizeMatMul") { Domain = Microsoft, Tolerance = Sums }.Feed(3, 8).Constant(RandomBytes([8, 5], 2)).Constant(HostTensor.From([0.01f], 1)).Constant(Bytes([128], 1)).Constant(bias);
        yield return new OperatorCase("DynamicQuantizeMatMul") { Domain = Microsoft, Tolerance = Sums }.Feed(3, 8).Constant(RandomSigned([8, 5], 2)).Constant(scales).Omit().Constant(bias);
        yield return new OperatorCase("MatMulIntegerToFloat") { Domain = Microsoft, Tolerance = Sums }.Feed(RandomBytes([2, 3, 8], 1)).Constant(RandomSigned([8, 5], 2)).Constant(HostTensor.From([0.1f])).Constant(scales).Constant(Bytes(90)).Omit().Constant(bias);
        yield return new OperatorCase("MatMulIntegerToFloat") { Domain = Microsoft, Tolerance = Sums }.Feed(RandomBytes([3, 8], 1)).Feed(RandomBytes([8, 5], 2)).Feed(HostTensor.From([0.1f])).Feed(HostTensor.From([0.01f])).Feed(Bytes(90)).Feed(Bytes(3));
    }

    private static IEnumerable<OperatorCase> Blocks()
    {
        foreach ((int bits, int k, int block) in new[] { (4, 32, 16), (4, 48, 32), (4, 40, 16), (8, 32, 16) })
        {
            int n = 5, blocks = (k + block - 1) / block;
            OperatorCase node = new OperatorCase("MatMulNBits") { Domain = Microsoft, Tolerance = Sums }.Feed(2, 3, k)
                .Constant(RandomBytes([n, blocks, block * bits / 8], 2)).Constant(OperatorCase.Random([n * blocks], 3))
                .With("N", n).With("K", k).With("bits", bits).With("block_size", block);
            yield return node;
        }

        foreach (int level in new[] { 0, 1, 4 })
        {
            yield return new OperatorCase("MatMulNBits") { Domain = Microsoft, Tolerance = Sums }.Feed(4, 96)
                .Constant(RandomBytes([5, 3, 16], 2)).Constant(OperatorCase.Random([15], 3)).Constant(RandomBytes([10], 4))
                .With("N", 5).With("K", 96).With("bits", 4).With("block_size", 32).With("accuracy_level", level);
        }

        yield return new OperatorCase("MatMulNBits") { Domain = Microsoft, Tolerance = Sums }.Feed(4, 32)
            .Constant(RandomBytes([5, 2, 8], 2)).Constant(OperatorCase.Random([10], 3)).Omit().Omit().Feed(5)
            .With("N", 5).With("K", 32).With("bits", 4).With("block_size", 16);
    }

    private static HostTensor OnePerBlock() => HostTensor.From([0.5f, 0.25f, 1f, 0.1f], 2, 2);

    private static HostTensor Half(params float[] values) =>
        new(TensorElementType.Float16, [values.Length], [.. values.SelectMany(value => BitConverter.GetBytes((System.Half)value))]);

    private static HostTensor Bytes(byte value) => HostTensor.From([value]);

    private static HostTensor Bytes(byte[] values, params long[] shape) => HostTensor.From(values, shape);

    private static HostTensor SignedBytes(sbyte value) => HostTensor.From([value]);

    private static HostTensor SignedBytes(sbyte[] values, params long[] shape) => HostTensor.From(values, shape);

    private static HostTensor RandomBytes(long[] shape, int seed) => HostTensor.From(RandomArray(shape, seed), shape);

    private static HostTensor RandomSigned(long[] shape, int seed) => HostTensor.From([.. RandomArray(shape, seed).Select(value => unchecked((sbyte)value))], shape);

    private static byte[] RandomArray(long[] shape, int seed)
    {
        var values = new byte[shape.Aggregate(1L, (count, size) => count * size)];
        new Random(seed).NextBytes(values);
        return values;
    }
}
