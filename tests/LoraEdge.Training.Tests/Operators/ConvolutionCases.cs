namespace LoraEdge.Training.Tests.Operators;

/// <summary>Conv and ConvTranspose: one to three axes, and every way to say where the kernel goes.</summary>
internal static class ConvolutionCases
{
    private const double Sums = 1e-5;

    public static IEnumerable<OperatorCase> All() => [.. Convs(), .. ConvTransposes()];

    private static IEnumerable<OperatorCase> Convs()
    {
        foreach (int axes in new[] { 1, 2, 3 })
        {
            long[] image = [.. new long[] { 7, 6, 5 }.Take(axes)], kernel = [.. new long[] { 3, 2, 1 }.Take(axes)];
            yield return Conv(image, kernel);
            yield return Conv(image, kernel, bias: false);
            yield return Conv(image, kernel, groups: 2).With("strides", Each(axes, 2)).With("dilations", Each(axes, 2));
            yield return Conv(image, kernel).With("pads", Each(2 * axes, 2)).With("kernel_shape", kernel);
            yield return Conv(image, kernel).With("pads", Enumerable.Range(0, 2 * axes).ToArray()).With("strides", Enumerable.Range(1, axes).ToArray());
            foreach (string pad in new[] { "VALID", "SAME_UPPER", "SAME_LOWER", "NOTSET" })
            {
                yield return Conv(image, kernel).With("auto_pad", pad);
                yield return Conv(image, kernel).With("auto_pad", pad).With("strides", Each(axes, 3));
            }

            yield return Conv(image, [.. Enumerable.Repeat(4L, axes)]).With("auto_pad", "SAME_UPPER").With("strides", Each(axes, 2));
            yield return Conv(image, [.. Enumerable.Repeat(4L, axes)]).With("auto_pad", "SAME_LOWER").With("strides", Each(axes, 2));
        }

        yield return Conv([6, 6], [3, 3], groups: 4).With("pads", new[] { 1, 1, 1, 1 });
        yield return new OperatorCase("Conv").Feed(0, 2, 4, 4).Feed(3, 2, 2, 2);
        yield return Conv([6, 6], [1, 1], opset: 1);
        yield return Conv([6, 6], [3, 3], opset: 22).With("dilations", new[] { 2, 1 }).With("pads", new[] { 2, 0, 1, 1 });
        yield return new OperatorCase("Conv", Opset: 11) { Tolerance = Sums }.Feed(2, 3, 5, 5).Constant(OperatorCase.Random([4, 3, 3, 3], seed: 3)).Constant(OperatorCase.Random([4], seed: 4));
    }

    private static IEnumerable<OperatorCase> ConvTransposes()
    {
        foreach (int axes in new[] { 1, 2, 3 })
        {
            long[] image = [.. new long[] { 4, 3, 2 }.Take(axes)], kernel = [.. new long[] { 3, 2, 2 }.Take(axes)];
            yield return Transposed(image, kernel);
            yield return Transposed(image, kernel, bias: false).With("strides", Each(axes, 2));
            yield return Transposed(image, kernel, groups: 2).With("strides", Each(axes, 2)).With("dilations", Each(axes, 2));
            yield return Transposed(image, kernel).With("pads", Each(2 * axes, 1)).With("strides", Each(axes, 2));
            yield return Transposed(image, kernel).With("strides", Each(axes, 3)).With("output_padding", Each(axes, 2));
            yield return Transposed(image, kernel).With("strides", Each(axes, 3)).With("output_padding", Each(axes, 1)).With("pads", Enumerable.Range(0, 2 * axes).Select(end => end % 2).ToArray());
            yield return Transposed(image, kernel).With("strides", Each(axes, 2)).With("output_shape", image.Select(size => 2 * size).ToArray());
            yield return Transposed(image, kernel).With("strides", Each(axes, 2)).With("output_shape", image.Select(size => 2 * size + 1).ToArray()).With("auto_pad", "SAME_UPPER");
            foreach (string pad in new[] { "VALID", "SAME_UPPER", "SAME_LOWER" })
                yield return Transposed(image, [.. Enumerable.Repeat(4L, axes)]).With("auto_pad", pad).With("strides", Each(axes, 1));
        }

        yield return new OperatorCase("ConvTranspose").Feed(0, 2, 4, 4).Feed(2, 3, 2, 2);
        yield return Transposed([3, 3], [3, 3]).With("pads", new[] { 2, 0, 0, 1 });
        yield return Transposed([3, 3], [3, 3]).With("strides", new[] { 3, 2 }).With("output_shape", new[] { 10, 8 });
        yield return Transposed([3, 3], [3, 3], opset: 1).With("strides", new[] { 2, 2 });
        yield return Transposed([3, 3], [3, 3], opset: 22).With("strides", new[] { 2, 2 });
    }

    private static OperatorCase Conv(long[] image, long[] kernel, int groups = 1, bool bias = true, int opset = 11)
    {
        OperatorCase conv = new OperatorCase("Conv", opset) { Tolerance = Sums }.Feed([2, 4, .. image]).Feed([8, 4 / groups, .. kernel]);
        conv = groups == 1 ? conv : conv.With("group", groups);
        return bias ? conv.Feed(8) : conv;
    }

    private static OperatorCase Transposed(long[] image, long[] kernel, int groups = 1, bool bias = true, int opset = 11)
    {
        OperatorCase conv = new OperatorCase("ConvTranspose", opset) { Tolerance = Sums }.Feed([2, 4, .. image]).Feed([4, 3, .. kernel]);
        conv = groups == 1 ? conv : conv.With("group", groups);
        return bias ? conv.Feed(3 * groups) : conv;
    }

    private static int[] Each(int count, int value) => [.. Enumerable.Repeat(value, count)];
}
