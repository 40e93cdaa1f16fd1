namespace LoraEdge.Training.Tests.Operators;

/// <summary>Pooling by windows and over whole channels, and MaxUnpool.</summary>
internal static class PoolingCases
{
    private const double Sums = 1e-5;

    public static IEnumerable<OperatorCase> All() => [.. MaxPools(), .. AveragePools(), .. LpPools(), .. GlobalPools(), .. MaxUnpools()];

    private static IEnumerable<OperatorCase> MaxPools()
    {
        foreach (OperatorCase pool in Windows("MaxPool", opset: 12, dilations: true))
            yield return pool;
        foreach (int axes in new[] { 1, 2, 3 })
        {
            yield return Pool("MaxPool", axes, 12).Outputs(2).With("strides", Each(axes, 2));
            foreach (int order in new[] { 0, 1 })
            {
                yield return Pool("MaxPool", axes, 12).Outputs(2).With("strides", Each(axes, 2)).With("storage_order", order).With("pads", Each(2 * axes, 1));
                yield return Pool("MaxPool", axes, 12).Outputs(2).With("storage_order", order).With("pads", Alternating(axes)).With("ceil_mode", 1).With("dilations", Each(axes, 2));
            }
        }

        yield return Pool("MaxPool", 2, opset: 1);
        yield return Pool("MaxPool", 2, opset: 8).Outputs(2);
        yield return Pool("MaxPool", 2, opset: 22).With("ceil_mode", 1).With("strides", Each(2, 3));
        foreach (string autoPad in new[] { "SAME_UPPER", "SAME_LOWER" })
        {
            yield return new OperatorCase("MaxPool", Opset: 12).Feed(Bytes()).With("kernel_shape", Each(2, 2)).With("auto_pad", autoPad);
            yield return new OperatorCase("MaxPool", Opset: 12).Feed(SignedBytes()).With("kernel_shape", Each(2, 2)).With("auto_pad", autoPad).Outputs(2);
        }
    }

    private static IEnumerable<OperatorCase> AveragePools()
    {
        foreach (int counts in new[] { 0, 1 })
        {
            foreach (OperatorCase pool in Windows("AveragePool", opset: 19, dilations: true).Concat(Windows("AveragePool", opset: 11, dilations: false)))
            {
                if (counts == 0 || !pool.ToString().Contains("dilations") || !pool.ToString().Contains("ceil_mode=1"))
                    yield return pool.With("count_include_pad", counts);
            }
        }

        yield return Pool("AveragePool", 2, opset: 7);
        yield return Pool("AveragePool", 2, opset: 7).With("pads", Each(4, 1)).With("count_include_pad", 1);
        yield return Pool("AveragePool", 2, opset: 22).With("ceil_mode", 1).With("strides", Each(2, 3)).With("pads", Each(4, 1));
    }

    private static IEnumerable<OperatorCase> LpPools()
    {
        foreach (int p in new[] { 1, 2, 3 })
        {
            yield return Pool("LpPool", 2, opset: 11).With("p", p);
            yield return Pool("LpPool", 1, opset: 18).With("p", p).With("strides", Each(1, 2)).With("pads", new[] { 1, 0 });
            yield return Pool("LpPool", 3, opset: 18).With("p", p).With("strides", Each(3, 2)).With("pads", Alternating(3));
        }

        yield return Pool("LpPool", 2, opset: 2).With("strides", Each(2, 2));
        yield return Pool("LpPool", 2, opset: 11).With("auto_pad", "SAME_UPPER").With("strides", Each(2, 2));
        yield return new OperatorCase("LpPool", Opset: 18) { Tolerance = Sums }.Feed(HostTensor.From(new float[16], 1, 1, 4, 4)).With("kernel_shape", Each(2, 2));
    }

    private static IEnumerable<OperatorCase> GlobalPools()
    {
        foreach (string operation in new[] { "GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool" })
        {
            yield return new OperatorCase(operation) { Tolerance = Sums }.Feed(2, 3, 5);
            yield return new OperatorCase(operation, Opset: 2) { Tolerance = Sums }.Feed(2, 3, 5, 4);
            yield return new OperatorCase(operation, Opset: 21) { Tolerance = Sums }.Feed(2, 3, 2, 3, 4);
        }

        yield return new OperatorCase("GlobalLpPool", Opset: 2) { Tolerance = Sums }.Feed(2, 3, 5, 4).With("p", 1);
        yield return new OperatorCase("GlobalLpPool", Opset: 2) { Tolerance = Sums }.Feed(2, 3, 5, 4).With("p", 3);
        yield return new OperatorCase("GlobalMaxPool", Opset: 1).Feed(2, 3, 5, 4);
    }

    private static IEnumerable<OperatorCase> MaxUnpools()
    {
        HostTensor indices = HostTensor.From([5L, 7L, 13L, 15L], 1, 1, 2, 2);
        OperatorCase unpool = new OperatorCase("MaxUnpool", Opset: 9).Feed(1, 1, 2, 2).Feed(indices).With("kernel_shape", Each(2, 2)).With("strides", Each(2, 2));
        yield return unpool;
        yield return new OperatorCase("MaxUnpool", Opset: 11).Feed(1, 1, 2, 2).Feed(indices).Integers(1, 1, 4, 4).With("kernel_shape", Each(2, 2)).With("strides", Each(2, 2));
        yield return new OperatorCase("MaxUnpool", Opset: 11).Feed(1, 1, 2, 2).Feed(HostTensor.From([0L, 1L, 2L, 3L], 1, 1, 2, 2)).With("kernel_shape", Each(2, 3)).With("strides", Each(2, 2)).With("pads", new[] { 1, 0, 0, 2 });
        yield return new OperatorCase("MaxUnpool", Opset: 22).Feed(2, 1, 2).Feed(HostTensor.From([0L, 3L, 5L, 6L], 2, 1, 2)).With("kernel_shape", Each(1, 2)).With("strides", Each(1, 2));
    }

    private static IEnumerable<OperatorCase> Windows(string operation, int opset, bool dilations)
    {
        yield return new OperatorCase(operation, opset).Feed(0, 2, 4, 4).With("kernel_shape", Each(2, 2));
        foreach (int axes in new[] { 1, 2, 3 })
        {
            yield return Pool(operation, axes, opset);
            yield return Pool(operation, axes, opset).With("strides", Each(axes, 2)).With("pads", Each(2 * axes, 1));
            yield return Pool(operation, axes, opset).With("strides", Each(axes, 3)).With("pads", Alternating(axes));
            foreach (int ceil in new[] { 0, 1 })
            {
                yield return Pool(operation, axes, opset).With("strides", Each(axes, 3)).With("ceil_mode", ceil);
                yield return Pool(operation, axes, opset).With("strides", Each(axes, 2)).With("pads", Alternating(axes)).With("ceil_mode", ceil);
                yield return Pool(operation, axes, opset).With("strides", Each(axes, 3)).With("pads", Each(2 * axes, 1)).With("ceil_mode", ceil);
                if (dilations)
                    yield return Pool(operation, axes, opset).With("strides", Each(axes, 2)).With("dilations", Each(axes, 2)).With("pads", Each(2 * axes, 1)).With("ceil_mode", ceil);
            }

            foreach (string pad in new[] { "VALID", "SAME_UPPER", "SAME_LOWER" })
            {
                yield return Pool(operation, axes, opset).With("auto_pad", pad);
                yield return Pool(operation, axes, opset).With("auto_pad", pad).With("strides", Each(axes, 2));
            }

            if (dilations)
                yield return Pool(operation, axes, opset).With("dilations", Each(axes, 2));
        }

        // Windows with gaps between them are centred by cropping. ONNX Runtime's plain MaxPool refuses them, the one with indices does not.
        foreach (string pad in new[] { "SAME_UPPER", "SAME_LOWER" })
        {
            OperatorCase gaps = new OperatorCase(operation, Opset: 19) { Tolerance = Sums }.Feed(1, 2, 8, 9).With("kernel_shape", new[] { 1, 2 }).With("strides", new[] { 4, 5 }).With("auto_pad", pad);
            yield return operation == "MaxPool" ? gaps.Outputs(2) : gaps;
        }

        // A last window that would start behind the input is left out.
        yield return new OperatorCase(operation, opset) { Tolerance = Sums }.Feed(1, 1, 2, 2).With("kernel_shape", Each(2, 1)).With("strides", Each(2, 2)).With("ceil_mode", 1);
    }

    private static OperatorCase Pool(string operation, int axes, int opset) =>
        new OperatorCase(operation, opset) { Tolerance = Sums }.Feed([2, 3, .. new long[] { 8, 7, 6 }.Take(axes)]).With("kernel_shape", new long[] { 3, 2, 2 }.Take(axes).ToArray());

    private static int[] Each(int count, int value) => [.. Enumerable.Repeat(value, count)];

    private static int[] Alternating(int axes) => [.. Enumerable.Range(0, 2 * axes).Select(end => end % 2)];

    private static HostTensor Bytes() => HostTensor.From(Enumerable.Range(0, 16).Select(value => (byte)(value * 37 % 251)).ToArray(), 1, 1, 4, 4);

    private static HostTensor SignedBytes() => HostTensor.From(Enumerable.Range(0, 16).Select(value => (sbyte)(-(value * 37 % 120) - 1)).ToArray(), 1, 1, 4, 4);
}
