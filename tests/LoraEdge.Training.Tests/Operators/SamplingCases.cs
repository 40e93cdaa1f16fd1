namespace LoraEdge.Training.Tests.Operators;

/// <summary>Operators that look images up between pixels or put them together: GridSample, AffineGrid, RoiAlign, Col2Im; and Det.</summary>
internal static class SamplingCases
{
    private const double Sums = 1e-5;

    public static IEnumerable<OperatorCase> All() => [.. GridSamples(), .. AffineGrids(), .. RoiAligns(), .. Col2Ims(), .. Determinants()];

    private static IEnumerable<OperatorCase> GridSamples()
    {
        foreach (string padding in new[] { "zeros", "border", "reflection" })
        {
            foreach (int align in new[] { 0, 1 })
            {
                foreach ((int opset, string mode) in new[] { (16, "bilinear"), (16, "nearest"), (16, "bicubic"), (20, "linear"), (20, "nearest"), (20, "cubic") })
                    yield return new OperatorCase("GridSample", opset) { Tolerance = Sums }.Feed(2, 3, 4, 5).Feed(2, 3, 2, 2).With("mode", mode).With("padding_mode", padding).With("align_corners", align);
                foreach (string mode in new[] { "linear", "nearest" })
                    yield return new OperatorCase("GridSample", Opset: 20) { Tolerance = Sums }.Feed(2, 3, 4, 5, 3).Feed(2, 3, 2, 4, 3).With("mode", mode).With("padding_mode", padding).With("align_corners", align);
            }
        }

        yield return new OperatorCase("GridSample", Opset: 16).Feed(1, 1, 4, 4).Feed(1, 0, 3, 2).With("mode", "bicubic");
        yield return new OperatorCase("GridSample", Opset: 16) { Tolerance = Sums }.Feed(1, 1, 1, 5).Feed(1, 3, 2, 2).With("mode", "bicubic").With("padding_mode", "reflection");
    }

    private static IEnumerable<OperatorCase> AffineGrids()
    {
        foreach (int align in new[] { 0, 1 })
        {
            yield return new OperatorCase("AffineGrid", Opset: 20) { Tolerance = Sums }.Feed(2, 2, 3).Integers(2, 3, 4, 5).With("align_corners", align);
            yield return new OperatorCase("AffineGrid", Opset: 20) { Tolerance = Sums }.Feed(2, 3, 4).Integers(2, 3, 4, 5, 3).With("align_corners", align);
        }
    }

    private static IEnumerable<OperatorCase> RoiAligns()
    {
        HostTensor regions = HostTensor.From([0.5f, 1f, 6f, 7f, -2f, 3f, 9f, 12f, 2f, 2f, 2.5f, 2.25f, 3f, 5f, 1f, 1f], 4, 4), images = HostTensor.From([1L, 0L, 1L, 0L], 4);
        foreach (int samples in new[] { 0, 1, 3 })
        {
            OperatorCase old = new OperatorCase("RoiAlign", Opset: 10) { Tolerance = Sums }.Feed(2, 3, 8, 9).Feed(regions).Feed(images);
            yield return old.With("output_height", 2).With("output_width", 3).With("sampling_ratio", samples).With("spatial_scale", 0.75f);
            foreach (string coordinates in new[] { "half_pixel", "output_half_pixel" })
            {
                OperatorCase align = new OperatorCase("RoiAlign", Opset: 16) { Tolerance = Sums }.Feed(2, 3, 8, 9).Feed(regions).Feed(images);
                yield return align.With("output_height", 2).With("output_width", 3).With("sampling_ratio", samples).With("coordinate_transformation_mode", coordinates);
            }
        }
    }

    private static IEnumerable<OperatorCase> Col2Ims()
    {
        yield return new OperatorCase("Col2Im", Opset: 18) { Tolerance = Sums }.Feed(2, 18, 9).Integers(5, 5).Integers(3, 3);
        yield return new OperatorCase("Col2Im", Opset: 18) { Tolerance = Sums }.Feed(2, 6, 4).Integers(5, 5).Integers(1, 3).With("strides", new[] { 3, 2 }).With("pads", new[] { 0, 0, 1, 1 });
        yield return new OperatorCase("Col2Im", Opset: 18) { Tolerance = Sums }.Feed(1, 4, 9).Integers(5, 5).Integers(2, 2).With("dilations", new[] { 2, 2 });
        yield return new OperatorCase("Col2Im", Opset: 18) { Tolerance = Sums }.Feed(1, 10, 12).Integers(3, 4, 5).Integers(1, 1, 5);
    }

    private static IEnumerable<OperatorCase> Determinants()
    {
        yield return new OperatorCase("Det", Opset: 11) { Tolerance = Sums }.Feed(3, 3);
        yield return new OperatorCase("Det", Opset: 22) { Tolerance = Sums }.Feed(2, 4, 3, 3);
    }
}
