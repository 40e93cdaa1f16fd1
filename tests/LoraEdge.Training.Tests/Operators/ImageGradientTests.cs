namespace LoraEdge.Training.Tests.Operators;

/// <summary>Gradients through the operators on images, volumes and sequences of channels.</summary>
public sealed class ImageGradientTests
{
    private static readonly HostTensor s_variances = HostTensor.From([0.5f, 1f, 2f], 3);

    internal static OperatorCase[] Differentiable { get; } =
    [
        new OperatorCase("Conv").Feed(1, 2, 6).Feed(4, 1, 3).Feed(4).With("group", 2).With("pads", new[] { 2, 0 }).With("strides", new[] { 2 }),
        new OperatorCase("Conv").Feed(2, 2, 4, 5).Feed(3, 2, 2, 2).Feed(3).With("auto_pad", "SAME_LOWER").With("dilations", new[] { 2, 1 }),
        new OperatorCase("Conv").Feed(1, 1, 3, 3, 3).Feed(2, 1, 2, 2, 2).With("pads", new[] { 1, 1, 1, 1, 1, 1 }),
        new OperatorCase("ConvTranspose").Feed(1, 2, 4).Feed(2, 3, 3).Feed(3).With("strides", new[] { 2 }).With("output_padding", new[] { 1 }),
        new OperatorCase("ConvTranspose").Feed(1, 2, 3, 2).Feed(2, 2, 2, 3).Feed(2).With("pads", new[] { 0, 1, 1, 0 }).With("strides", new[] { 2, 2 }),
        new OperatorCase("ConvTranspose").Feed(1, 2, 2, 2).Feed(2, 1, 2, 2).Feed(1).With("strides", new[] { 3, 3 }).With("output_shape", new[] { 8, 6 }),
        new OperatorCase("MaxPool").Feed(1, 2, 5, 4).With("kernel_shape", new[] { 3, 2 }).With("pads", new[] { 1, 0, 2, 1 }).With("strides", new[] { 2, 2 }),
        new OperatorCase("MaxPool").Feed(1, 2, 6).With("kernel_shape", new[] { 2 }).With("dilations", new[] { 2 }).Outputs(2),
        new OperatorCase("AveragePool", Opset: 19).Feed(1, 2, 5, 4).With("kernel_shape", new[] { 3, 2 }).With("pads", new[] { 1, 0, 1, 1 }).With("strides", new[] { 2, 2 }).With("ceil_mode", 1),
        new OperatorCase("AveragePool", Opset: 19).Feed(1, 2, 7).With("kernel_shape", new[] { 3 }).With("dilations", new[] { 2 }).With("pads", new[] { 2, 1 }),
        new OperatorCase("LpPool").Feed(1, 2, 5, 4).With("kernel_shape", new[] { 3, 2 }).With("p", 3),
        new OperatorCase("LpPool").Feed(1, 2, 6).With("kernel_shape", new[] { 2 }).With("pads", new[] { 1, 1 }),
        new OperatorCase("GlobalMaxPool").Feed(2, 2, 3, 2),
        new OperatorCase("GlobalAveragePool").Feed(2, 2, 3, 2),
        new OperatorCase("GlobalLpPool").Feed(2, 2, 3, 2),
        new OperatorCase("MaxUnpool").Feed(1, 1, 2, 2).Feed(HostTensor.From([5L, 7L, 13L, 15L], 1, 1, 2, 2)).With("kernel_shape", new[] { 2, 2 }).With("strides", new[] { 2, 2 }),
        new OperatorCase("BatchNormalization").Feed(2, 3, 4).Feed(3).Feed(3).Constant(OperatorCase.Random([3], 1)).Constant(s_variances),
        new OperatorCase("BatchNormalization").Feed(2, 3, 4).Feed(3).Feed(3).Feed(3).Feed(s_variances),
        new OperatorCase("InstanceNormalization").Feed(2, 3, 4).Feed(3).Feed(3),
        new OperatorCase("GroupNormalization", Opset: 18).Feed(2, 4, 3).Feed(2).Feed(2).With("num_groups", 2),
        new OperatorCase("GroupNormalization", Opset: 21).Feed(2, 4, 3).Feed(4).Feed(4).With("num_groups", 2),
        new OperatorCase("LRN").Feed(1, 4, 3).With("size", 3).With("alpha", 0.5f),
        new OperatorCase("LayerNormalization").Feed(2, 3, 4).Feed(3, 4).Feed(3, 4).With("axis", 1).Outputs(3),
        new OperatorCase("RMSNormalization", Opset: 23).Feed(2, 3, 4).Feed(4),
        new OperatorCase("LpNormalization").Feed(3, 4),
        new OperatorCase("LpNormalization").Feed(3, 4).With("p", 1).With("axis", 0),
        new OperatorCase("Pad").Feed(3, 4).Integers(1, -1, 0, 2),
        new OperatorCase("Pad").Feed(3, 4).Integers(1, -1, 0, 2).With("mode", "reflect"),
        new OperatorCase("Pad").Feed(3, 4).Integers(1, 2, 0, 2).With("mode", "edge"),
        new OperatorCase("Pad", Opset: 19).Feed(3, 4).Integers(1, 2, 0, 2).With("mode", "wrap"),
        new OperatorCase("CenterCropPad", Opset: 18).Feed(3, 4).Integers(5, 2),
        new OperatorCase("DepthToSpace").Feed(1, 4, 2, 1).With("blocksize", 2),
        new OperatorCase("SpaceToDepth").Feed(1, 1, 4, 2).With("blocksize", 2),
        Resize("nearest", 4, 5),
        Resize("linear", 4, 5),
        Resize("cubic", 5, 2),
        Resize("linear", 2, 2).With("antialias", 1),
        new OperatorCase("Resize").Feed(3, 4).Constant(HostTensor.From([-0.5f, 0f, 0.5f, 0.8f], 4)).Omit().Integers(4, 5).With("mode", "linear").With("coordinate_transformation_mode", "tf_crop_and_resize"),
        new OperatorCase("Upsample", Opset: 9).Feed(1, 1, 2, 3).Constant(HostTensor.From([1f, 1f, 2f, 2f], 4)).With("mode", "linear"),
        new OperatorCase("GridSample", Opset: 16).Feed(1, 2, 4, 4).Feed(Places(1, 2, 2, 2)),
        new OperatorCase("GridSample", Opset: 16).Feed(1, 2, 4, 4).Feed(Places(1, 2, 2, 2)).With("mode", "bicubic").With("padding_mode", "reflection"),
        new OperatorCase("AffineGrid", Opset: 20).Feed(1, 2, 3).Integers(1, 1, 2, 3),
        new OperatorCase("Col2Im", Opset: 18).Feed(1, 8, 4).Integers(3, 3).Integers(2, 2),
        new OperatorCase("RoiAlign", Opset: 16).Feed(1, 2, 4, 4).Constant(HostTensor.From([0.5f, 1f, 3f, 3.5f], 1, 4)).Integers(0).With("output_height", 2).With("output_width", 2),
        new OperatorCase("Det").Feed(2, 3, 3),
    ];

    [TestCaseSource(nameof(Differentiable))]
    public void Gradients_ThroughANode_AreThoseOfFiniteDifferences(object node)
    {
        using var gradient = new OperatorGradient((OperatorCase)node);
        gradient.AssertFiniteDifferences();
    }

    [Test]
    public void LpPool_OverNothingButZeros_PassesNoGradientRatherThanNaN()
    {
        OperatorCase pool = new OperatorCase("LpPool").Feed(HostTensor.From(new float[4], 1, 1, 2, 2)).With("kernel_shape", new[] { 2, 2 });

        using var gradient = new OperatorGradient(pool);

        Assert.That(gradient.Gradients()["x0"], Is.All.Zero);
    }

    private static OperatorCase Resize(string mode, params long[] sizes) => new OperatorCase("Resize", Opset: 18).Feed(3, 4).Omit().Omit().Integers(sizes).With("mode", mode);

    /// <summary>Places within the image and away from pixel centres, where the gradient jumps.</summary>
    private static HostTensor Places(params long[] shape) => HostTensor.From([-0.6f, 0.3f, 0.55f, -0.4f, 0.1f, 0.62f, -0.1f, -0.55f], shape);
}
