namespace LoraEdge.Training.Tests.Operators;

/// <summary>Forms of the operators on images that are refused at load, with everything else that is.</summary>
public sealed class RefusedImageFormTests
{
    internal static OperatorCase[] Unsupported { get; } =
    [
        new OperatorCase("BatchNormalization").Feed(2, 3, 4).Feed(3).Feed(3).Feed(3).Feed(3).With("training_mode", 1),
        new OperatorCase("BatchNormalization", Opset: 9).Feed(2, 3, 4).Feed(3).Feed(3).Feed(3).Feed(3).Outputs(5),
        new OperatorCase("BatchNormalization", Opset: 7).Feed(2, 3, 4).Feed(3).Feed(3).Feed(3).Feed(3).With("spatial", 0),
        new OperatorCase("LayerNormalization").Feed(2, 3).Feed(3).With("stash_type", (int)TensorElementType.Int64),
        new OperatorCase("LpNormalization").Feed(2, 3).With("p", 3),
        new OperatorCase("Pad").Feed(2, 3).Integers(0, 0, 0, 0).With("mode", "mirror"),
        new OperatorCase("DepthToSpace").Feed(1, 4, 2, 2).With("blocksize", 2).With("mode", "RCD"),
        new OperatorCase("Resize").Feed(2, 3).Omit().Omit().Integers(4, 4).With("mode", "area"),
        new OperatorCase("Resize").Feed(2, 3).Omit().Omit().Integers(4, 4).With("nearest_mode", "even"),
        new OperatorCase("Resize").Feed(2, 3).Omit().Omit().Integers(4, 4).With("coordinate_transformation_mode", "centers"),
        new OperatorCase("Resize", Opset: 18).Feed(2, 3).Omit().Omit().Integers(4, 4).With("keep_aspect_ratio_policy", "equal"),
        new OperatorCase("GridSample", Opset: 16).Feed(1, 1, 4, 4).Feed(1, 3, 3, 2).With("mode", "cubic"),
        new OperatorCase("GridSample", Opset: 20).Feed(1, 1, 4, 4).Feed(1, 3, 3, 2).With("padding_mode", "wrap"),
        new OperatorCase("RoiAlign", Opset: 16).Feed(1, 1, 4, 4).Feed(1, 4).Integers(0).With("mode", "max"),
    ];

    [TestCaseSource(nameof(Unsupported))]
    public void Executor_RefusesAFormItDoesNotKnow_ByName(object node)
    {
        UnsupportedModelException error = Assert.Throws<UnsupportedModelException>(() => ((OperatorCase)node).Execute())!;

        Assert.That(error.Message, Does.Contain("'node'"));
    }

    [TestCase(-1L)]
    [TestCase(16L)]
    public void MaxUnpool_WithAnIndexOutsideItsResult_IsAnInputError(long index)
    {
        OperatorCase unpool = new OperatorCase("MaxUnpool").Feed(1, 1, 1, 2).Feed(HostTensor.From([0L, index], 1, 1, 1, 2)).With("kernel_shape", new[] { 2, 4 }).With("strides", new[] { 2, 4 });

        InvalidInputException error = Assert.Throws<InvalidInputException>(() => unpool.Execute())!;

        Assert.That(error.Message, Does.Contain($"index {index}").And.Contain("'node'"));
    }

    [TestCase(-1L)]
    [TestCase(1L)]
    public void RoiAlign_OfAnImageOutsideItsBatch_IsAnInputError(long image)
    {
        OperatorCase align = new OperatorCase("RoiAlign", Opset: 16).Feed(1, 1, 4, 4).Feed(1, 4).Feed(HostTensor.From([image], 1));

        InvalidInputException error = Assert.Throws<InvalidInputException>(() => align.Execute())!;

        Assert.That(error.Message, Does.Contain("batch of 1").And.Contain("'node'"));
    }

    [Test]
    public void GridSample_AtPlacesThatAreNoNumbers_StillRuns([Values("bilinear", "nearest", "bicubic")] string mode, [Values("zeros", "border", "reflection")] string padding)
    {
        HostTensor places = HostTensor.From([float.NaN, 0f, float.PositiveInfinity, -1f, float.NegativeInfinity, float.MaxValue], 1, 1, 3, 2);
        OperatorCase sample = new OperatorCase("GridSample", Opset: 16).Feed(1, 1, 3, 4).Feed(places).With("mode", mode).With("padding_mode", padding);

        Assert.That(sample.Execute().Single().Shape, Is.EqualTo(new long[] { 1, 1, 1, 3 }));
    }
}
