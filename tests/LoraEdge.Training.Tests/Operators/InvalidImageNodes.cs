namespace LoraEdge.Training.Tests.Operators;

/// <summary>Nodes on images and channels that break their operator's rules.</summary>
internal static class InvalidImageNodes
{
    private static readonly int[] s_huge = [1 << 30, 1 << 30], s_two = [2, 2], s_none = [0, 0];
    private static readonly HostTensor s_integers = HostTensor.From(new long[16], 1, 1, 4, 4);

    public static IEnumerable<OperatorCase> All() => [.. Convolutions(), .. Pools(), .. Normalizations(), .. Shapes(), .. Resizes(), .. Samplings()];

    private static IEnumerable<OperatorCase> Convolutions() =>
    [
        Conv([2, 3, 5, 5], [4, 2, 3, 3]),
        Conv([2, 3, 5, 5], [4, 3, 3]),
        Conv([2, 3], [4, 3]),
        Conv([2, 3, 4, 4, 4, 4], [4, 3, 1, 1, 1, 1]),
        Conv([2, 3, 5, 5], [4, 3, 6, 3]),
        Conv([2, 0, 5, 5], [4, 0, 3, 3]),
        Conv([2, 3, 5, 5], [0, 3, 3, 3]),
        Conv([2, 3, 5, 5], [4, 3, 0, 3]),
        Conv([2, 4, 5, 5], [3, 2, 3, 3]).With("group", 2),
        Conv([2, 4, 5, 5], [4, 4, 3, 3]).With("group", 0),
        Conv([2, 4, 5, 5], [4, 4, 3, 3]).With("group", -1),
        Conv([2, 3, 5, 5], [4, 3, 3, 3]).Feed(3),
        Conv([2, 3, 5, 5], [4, 3, 3, 3]).Feed(HostTensor.From([1L, 2L, 3L, 4L], 4)),
        Conv([2, 3, 5, 5], [4, 3, 3, 3]).With("strides", s_none),
        Conv([2, 3, 5, 5], [4, 3, 3, 3]).With("strides", new[] { 1 }),
        Conv([2, 3, 5, 5], [4, 3, 3, 3]).With("dilations", s_none),
        Conv([2, 3, 5, 5], [4, 3, 3, 3]).With("dilations", s_huge),
        Conv([2, 3, 5, 5], [4, 3, 3, 3]).With("pads", new[] { 1, 1 }),
        Conv([2, 3, 5, 5], [4, 3, 3, 3]).With("pads", new[] { -1, 0, 5, 0 }),
        Conv([2, 3, 5, 5], [4, 3, 3, 3]).With("pads", new[] { 1 << 30, 1 << 30, 0, 0 }),
        Conv([2, 3, 5, 5], [4, 3, 3, 3]).With("kernel_shape", s_two),
        Conv([2, 3, 5, 5], [4, 3, 3, 3]).With("auto_pad", "SAME"),
        new OperatorCase("Conv").Feed(s_integers).Feed(s_integers),
        Transposed([2, 3, 5, 5], [4, 3, 3, 3]),
        Transposed([2, 3, 5, 5], [3, 4, 3, 3]).With("group", 2),
        Transposed([2, 3, 5, 5], [3, 4, 3, 3]).Feed(3),
        Transposed([2, 3, 5, 5], [3, 4, 3, 3]).With("strides", s_huge),
        Transposed([2, 3, 5, 5], [3, 4, 3, 3]).With("output_padding", new[] { -1, 0 }),
        Transposed([2, 3, 5, 5], [3, 4, 3, 3]).With("output_padding", s_huge),
        Transposed([2, 3, 5, 5], [3, 4, 3, 3]).With("output_shape", new[] { 0, 0 }),
        Transposed([2, 3, 5, 5], [3, 4, 3, 3]).With("output_shape", s_huge),
        Transposed([2, 3, 5, 5], [3, 4, 3, 3]).With("pads", new[] { 4, 4, 4, 4 }),
    ];

    private static IEnumerable<OperatorCase> Pools()
    {
        foreach (string operation in new[] { "MaxPool", "AveragePool", "LpPool" })
        {
            yield return new OperatorCase(operation).Feed(1, 1, 4, 4);
            yield return new OperatorCase(operation).Feed(1, 1, 4, 4).With("kernel_shape", new[] { 2 });
            yield return new OperatorCase(operation).Feed(1, 1, 4, 4).With("kernel_shape", s_none);
            yield return new OperatorCase(operation).Feed(1, 1, 4, 4).With("kernel_shape", new[] { 5, 5 });
            yield return new OperatorCase(operation).Feed(1, 0, 4, 4).With("kernel_shape", s_two);
            yield return new OperatorCase(operation).Feed(1, 1, 4, 4).With("kernel_shape", s_two).With("pads", new[] { 2, 2, 2, 2 });
            yield return new OperatorCase(operation).Feed(1, 1, 4, 4).With("kernel_shape", s_two).With("pads", new[] { -1, 0, 0, 0 });
            yield return new OperatorCase(operation).Feed(1, 1, 4, 4).With("kernel_shape", s_two).With("strides", s_none);
            yield return new OperatorCase(operation).Feed(s_integers).With("kernel_shape", s_two);
            yield return new OperatorCase(operation).Feed(4, 4).With("kernel_shape", s_two);
        }

        yield return new OperatorCase("AveragePool", Opset: 19).Feed(1, 1, 6).With("kernel_shape", new[] { 2 }).With("dilations", new[] { 2 }).With("strides", new[] { 2 }).With("ceil_mode", 1).With("count_include_pad", 1);
        yield return new OperatorCase("LpPool").Feed(1, 1, 4, 4).With("kernel_shape", s_two).With("p", 0);
        yield return new OperatorCase("GlobalAveragePool").Feed(2, 3);
        yield return new OperatorCase("GlobalMaxPool").Feed(2, 3, 0);
        yield return new OperatorCase("GlobalMaxPool").Feed(s_integers);
        yield return Unpool(1, 1, 2, 2).Feed(HostTensor.From([1L, 2L], 1, 1, 1, 2));
        yield return Unpool(1, 1, 2, 2).Feed(1, 1, 2, 2);
        yield return Unpool(1, 1, 2, 2).Feed(HostTensor.From([1L, 2L, 3L, 4L], 1, 1, 2, 2)).Integers(1, 1, 5, 5);
    }

    private static IEnumerable<OperatorCase> Normalizations() =>
    [
        new OperatorCase("BatchNormalization").Feed(2, 3, 4).Feed(3).Feed(3).Feed(3).Feed(2),
        new OperatorCase("BatchNormalization").Feed(2, 3, 4).Feed(3).Feed(3).Feed(3),
        new OperatorCase("BatchNormalization").Feed(3).Feed(3).Feed(3).Feed(3).Feed(3),
        new OperatorCase("BatchNormalization").Feed(s_integers).Feed(1).Feed(1).Feed(1).Feed(1),
        new OperatorCase("InstanceNormalization").Feed(2, 3, 4).Feed(4).Feed(3),
        new OperatorCase("InstanceNormalization").Feed(2, 3, 0).Feed(3).Feed(3),
        new OperatorCase("GroupNormalization", Opset: 21).Feed(2, 4, 3).Feed(4).Feed(4),
        new OperatorCase("GroupNormalization", Opset: 21).Feed(2, 4, 3).Feed(4).Feed(4).With("num_groups", 3),
        new OperatorCase("GroupNormalization", Opset: 21).Feed(2, 4, 3).Feed(2).Feed(2).With("num_groups", 2),
        new OperatorCase("GroupNormalization", Opset: 18).Feed(2, 4, 3).Feed(4).Feed(4).With("num_groups", 2),
        new OperatorCase("LRN").Feed(2, 4, 3),
        new OperatorCase("LRN").Feed(2, 4, 3).With("size", 1 << 30),
        new OperatorCase("LayerNormalization").Feed(3).Feed(2, 3),
        new OperatorCase("RMSNormalization", Opset: 23).Feed(2, 3).Feed(2),
        new OperatorCase("RMSNormalization", Opset: 23).Feed(2, 3).Feed(3).With("axis", 2),
        new OperatorCase("LpNormalization").Feed(2, 3).With("axis", 2),
        new OperatorCase("LpNormalization").Feed(s_integers),
    ];

    private static IEnumerable<OperatorCase> Shapes() =>
    [
        new OperatorCase("Pad").Feed(3, 4).Integers(1, 1),
        new OperatorCase("Pad").Feed(3, 4),
        new OperatorCase("Pad").Feed(3, 4).Integers(-2, 0, -2, 0),
        new OperatorCase("Pad").Feed(3, 4).Integers(long.MaxValue, 0, 0, 0),
        new OperatorCase("Pad").Feed(3, 4).Integers(long.MinValue, 0, 0, 0),
        new OperatorCase("Pad").Feed(3, 4).Integers(1 << 20, 1 << 20, 0, 0),
        new OperatorCase("Pad").Feed(0, 4).Integers(1, 0, 0, 0).With("mode", "edge"),
        new OperatorCase("Pad").Feed(3, 4).Integers(-3, 0, 1, 0).With("mode", "reflect"),
        new OperatorCase("Pad").Feed(3, 4).Integers(0, 0, 0, 0).Constant(HostTensor.From([1L])),
        new OperatorCase("Pad").Feed(3, 4).Integers(0, 0, 0, 0).Feed(2),
        new OperatorCase("Pad", Opset: 18).Feed(3, 4).Integers(0, 0, 0, 0).Omit().Integers(0, 0),
        new OperatorCase("Pad", Opset: 18).Feed(3, 4).Integers(0, 0).Omit().Integers(2),
        new OperatorCase("CenterCropPad", Opset: 18).Feed(3, 4).Integers(3),
        new OperatorCase("CenterCropPad", Opset: 18).Feed(3, 4).Integers(3, -1),
        new OperatorCase("CenterCropPad", Opset: 18).Feed(3, 4).Integers(3, long.MaxValue),
        new OperatorCase("DepthToSpace").Feed(1, 6, 2, 2).With("blocksize", 2),
        new OperatorCase("DepthToSpace").Feed(1, 4, 2, 2),
        new OperatorCase("DepthToSpace").Feed(4, 2, 2).With("blocksize", 2),
        new OperatorCase("SpaceToDepth").Feed(1, 1, 3, 4).With("blocksize", 2),
        new OperatorCase("SpaceToDepth").Feed(1, 1, 4, 4).With("blocksize", -2),
        new OperatorCase("Det").Feed(2, 3),
        new OperatorCase("Det").Feed(3),
        new OperatorCase("Det").Feed(s_integers),
    ];

    private static IEnumerable<OperatorCase> Resizes() =>
    [
        new OperatorCase("Resize").Feed(3, 4),
        new OperatorCase("Resize").Feed(3, 4).Omit().Constant(Floats(1, 2)).Integers(3, 4),
        new OperatorCase("Resize").Feed(3, 4).Omit().Constant(Floats(2)),
        new OperatorCase("Resize").Feed(3, 4).Omit().Constant(Floats(0, 1)),
        new OperatorCase("Resize").Feed(3, 4).Omit().Constant(Floats(float.NaN, 1)),
        new OperatorCase("Resize").Feed(3, 4).Omit().Constant(Floats(1e6f, 1e6f)),
        new OperatorCase("Resize").Feed(3, 4).Omit().Omit().Integers(1 << 20, 1 << 20),
        new OperatorCase("Resize").Feed(3, 4).Omit().Omit().Integers(3, -1),
        new OperatorCase("Resize").Feed(0, 4).Omit().Omit().Integers(3, 3),
        new OperatorCase("Resize").Feed(0, 4).Omit().Constant(Floats(2, 2)),
        new OperatorCase("Resize").Feed(s_integers).Omit().Omit().Integers(1, 1, 8, 8).With("mode", "linear"),
        new OperatorCase("Resize", Opset: 18).Feed(3, 4).Omit().Constant(Floats(2, 2)).With("axes", new[] { 0, -2 }),
        new OperatorCase("Resize", Opset: 18).Feed(3, 4).Omit().Constant(Floats(1e-30f, 1)).With("mode", "cubic").With("antialias", 1),
        new OperatorCase("Resize").Feed(3, 4).Omit().Omit().Integers(6, 8).With("coordinate_transformation_mode", "tf_crop_and_resize"),
        new OperatorCase("Resize").Feed(3, 4).Constant(Floats(0, 1)).Omit().Integers(6, 8).With("coordinate_transformation_mode", "tf_crop_and_resize"),
        new OperatorCase("Resize").Feed(1, 1, 2, 4).Omit().Constant(Floats(1, 1, 0.6f, 0.6f)).With("mode", "linear").With("coordinate_transformation_mode", "align_corners"),
        new OperatorCase("Upsample", Opset: 7).Feed(3, 4),
        new OperatorCase("Upsample", Opset: 9).Feed(3, 4).Constant(Floats(-1, 1)),
    ];

    private static IEnumerable<OperatorCase> Samplings() =>
    [
        new OperatorCase("GridSample", Opset: 16).Feed(1, 1, 4, 4).Feed(2, 3, 3, 2),
        new OperatorCase("GridSample", Opset: 16).Feed(1, 1, 4, 4).Feed(1, 3, 3, 3),
        new OperatorCase("GridSample", Opset: 16).Feed(1, 1, 4, 4).Feed(1, 3, 2),
        new OperatorCase("GridSample", Opset: 16).Feed(1, 1, 0, 4).Feed(1, 3, 3, 2),
        new OperatorCase("GridSample", Opset: 16).Feed(1, 1, 4).Feed(1, 3, 1),
        new OperatorCase("GridSample", Opset: 20).Feed(1, 1, 4, 4, 4).Feed(1, 3, 3, 3, 3).With("mode", "cubic"),
        new OperatorCase("AffineGrid", Opset: 20).Feed(0, 2, 3).Integers(0, 1, 4, 4),
        new OperatorCase("AffineGrid", Opset: 20).Feed(1, 2, 3).Integers(2, 1, 4, 4),
        new OperatorCase("AffineGrid", Opset: 20).Feed(1, 2, 3).Integers(1, 1, 4, 4, 4),
        new OperatorCase("AffineGrid", Opset: 20).Feed(1, 2, 3).Integers(1, 1, 1 << 30, 1 << 30),
        new OperatorCase("Col2Im", Opset: 18).Feed(1, 8, 5).Integers(3, 3).Integers(2, 2),
        new OperatorCase("Col2Im", Opset: 18).Feed(1, 6, 4).Integers(3, 3).Integers(2, 2),
        new OperatorCase("Col2Im", Opset: 18).Feed(1, 8, 4).Integers(3, 3).Integers(2),
        new OperatorCase("Col2Im", Opset: 18).Feed(1, 8, 4).Integers(3, 3).Integers(4, 4),
        new OperatorCase("Col2Im", Opset: 18).Feed(1, 8, 4).Integers(1 << 30, 1 << 30).Integers(2, 2),
        new OperatorCase("Col2Im", Opset: 18).Feed(1, 8, 4).Integers(3, 3).Integers(2, 2).With("strides", s_none),
        new OperatorCase("RoiAlign", Opset: 16).Feed(1, 1, 4, 4).Constant(HostTensor.From(new float[4], 1, 4)).Integers(0, 0),
        new OperatorCase("RoiAlign", Opset: 16).Feed(1, 1, 4, 4).Constant(HostTensor.From(new float[3], 1, 3)).Integers(0),
        new OperatorCase("RoiAlign", Opset: 16).Feed(1, 1, 4, 4).Constant(HostTensor.From([0f, 0f, float.NaN, 1f], 1, 4)).Integers(0),
        new OperatorCase("RoiAlign", Opset: 16).Feed(1, 1, 4, 4).Constant(HostTensor.From(new float[4], 1, 4)).Integers(0).With("output_height", 1 << 30),
    ];

    private static OperatorCase Conv(long[] x, long[] weight) => new OperatorCase("Conv").Feed(x).Feed(weight);

    private static OperatorCase Transposed(long[] x, long[] weight) => new OperatorCase("ConvTranspose").Feed(x).Feed(weight);

    private static OperatorCase Unpool(params long[] shape) => new OperatorCase("MaxUnpool").Feed(shape).With("kernel_shape", s_two).With("strides", s_two);

    private static HostTensor Floats(params float[] values) => HostTensor.From(values, values.Length);
}
