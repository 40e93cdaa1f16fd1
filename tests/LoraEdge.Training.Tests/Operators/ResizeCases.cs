namespace LoraEdge.Training.Tests.Operators;

/// <summary>Resize with every interpolation, coordinate and rounding, and Upsample.</summary>
internal static class ResizeCases
{
    private const double Sums = 1e-5;
    private static readonly string[] s_coordinates = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"];

    public static IEnumerable<OperatorCase> All() => [.. Originals(), .. Nearest(), .. Weighted(), .. Regions(), .. NearHalves(), .. Policies()];

    private static IEnumerable<OperatorCase> Originals()
    {
        foreach (string mode in new[] { "nearest", "linear" })
        {
            yield return new OperatorCase("Upsample", Opset: 7) { Tolerance = Sums }.Feed(1, 2, 3, 4).With("mode", mode).With("scales", new[] { 1f, 1f, 2f, 1.5f });
            yield return new OperatorCase("Upsample", Opset: 9) { Tolerance = Sums }.Feed(1, 2, 3, 4).Constant(Scales(1, 1, 2.5f, 3)).With("mode", mode);
            yield return new OperatorCase("Resize", Opset: 10) { Tolerance = Sums }.Feed(1, 2, 3, 4).Constant(Scales(1, 1, 2, 1.7f)).With("mode", mode);
            yield return new OperatorCase("Resize", Opset: 10) { Tolerance = Sums }.Feed(1, 2, 6, 7).Constant(Scales(1, 1, 0.6f, 0.5f)).With("mode", mode);
        }
    }

    private static IEnumerable<OperatorCase> Nearest()
    {
        foreach (string rounding in new[] { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" })
        {
            foreach (string coordinates in s_coordinates.Append("half_pixel_symmetric"))
            {
                OperatorCase[] nearest =
                [
                    Sized(coordinates, 1, 2, 7, 9), Sized(coordinates, 1, 2, 2, 3), Scaled(coordinates, 1, 1, 2, 1.5f), Scaled(coordinates, 1, 1, 0.6f, 0.5f),
                    coordinates == "align_corners" ? Scaled(coordinates, 1, 1, 1, 2) : Scaled(coordinates, 1, 1, 0.5f, 0.7f),
                ];
                foreach (OperatorCase one in nearest)
                    yield return one.With("mode", "nearest").With("nearest_mode", rounding);
            }
        }

        yield return new OperatorCase("Resize", Opset: 11).Feed(2, 5).Constant(Scales()).Constant(Scales(1, 2)).With("coordinate_transformation_mode", "tf_half_pixel_for_nn").With("nearest_mode", "floor");
        yield return new OperatorCase("Resize", Opset: 13).Feed(HostTensor.From([1, 2, 3, 4], 2, 2)).Omit().Constant(Scales(2, 3));
        yield return new OperatorCase("Resize", Opset: 13).Feed(HostTensor.From(new byte[] { 1, 2, 3, 250 }, 2, 2)).Omit().Omit().Integers(3, 5);
        yield return new OperatorCase("Resize", Opset: 13).Feed(2, 3).Omit().Constant(Scales(1, 1));
    }

    private static IEnumerable<OperatorCase> Weighted()
    {
        foreach (string coordinates in s_coordinates)
        {
            OperatorCase[] linear =
            [
                Sized(coordinates, 1, 2, 7, 9), Sized(coordinates, 1, 2, 2, 3), Sized(coordinates, 1, 2, 1, 1), Scaled(coordinates, 1, 1, 2, 1.5f), Scaled(coordinates, 1, 1, 0.6f, 0.5f),
                    coordinates == "align_corners" ? Scaled(coordinates, 1, 1, 1, 2) : Scaled(coordinates, 1, 1, 0.5f, 0.7f),
            ];
            foreach (OperatorCase one in linear)
                yield return one.With("mode", "linear");
            foreach (float a in new[] { -0.75f, -0.5f })
            {
                foreach (int exclude in new[] { 0, 1 })
                {
                    yield return Sized(coordinates, 1, 2, 7, 9).With("mode", "cubic").With("cubic_coeff_a", a).With("exclude_outside", exclude);
                    yield return Scaled(coordinates, 1, 1, 0.8f, 1.5f).With("mode", "cubic").With("cubic_coeff_a", a).With("exclude_outside", exclude);
                }
            }
        }

        yield return new OperatorCase("Resize").Feed(0, 3).Omit().Constant(Scales(1, 2)).With("mode", "linear");
        yield return new OperatorCase("Resize").Feed(2, 3).Omit().Constant(Scales(0.1f, 2)).With("mode", "linear");
        foreach (string mode in new[] { "linear", "cubic" })
        {
            // Sizes that stay although the scale is not 1.
            yield return Scaled("half_pixel", 1, 1, 1.1f, 1.1f).With("mode", mode);
            yield return Scaled("half_pixel", 1, 1, 1.1f, 2).With("mode", mode);
            yield return Scaled("half_pixel", 1, 1, 1.1f, 2).With("mode", mode).With("antialias", 1);
            yield return Sized("half_pixel", 1, 2, 2, 3).With("mode", mode).With("antialias", 1);
            yield return Scaled("half_pixel", 1, 1, 0.6f, 0.4f).With("mode", mode).With("antialias", 1);
            yield return Sized("align_corners", 1, 2, 3, 9).With("mode", mode).With("antialias", 1);
            yield return Scaled("half_pixel_symmetric", 1, 1, 2.3f, 0.7f).With("mode", mode);
        }

        yield return Sized("half_pixel", 1, 2, 2, 3).With("mode", "cubic").With("antialias", 1).With("exclude_outside", 1);
        yield return new OperatorCase("Resize", Opset: 13) { Tolerance = Sums }.Feed(2, 3, 5).Omit().Constant(Scales(1, 1, 1.8f)).With("mode", "linear");
        yield return new OperatorCase("Resize", Opset: 13) { Tolerance = Sums }.Feed(3, 5).Omit().Constant(Scales(2, 1.8f)).With("mode", "linear");
        yield return new OperatorCase("Resize", Opset: 13) { Tolerance = Sums }.Feed(1, 2, 3, 4, 5).Omit().Constant(Scales(1, 1, 2, 0.5f, 1.5f)).With("mode", "linear");
    }

    private static IEnumerable<OperatorCase> Regions()
    {
        foreach (string mode in new[] { "nearest", "linear", "cubic" })
        {
            yield return Cropped(new OperatorCase("Resize", Opset: 11) { Tolerance = Sums }.Feed(1, 1, 5, 6).Constant(Scales(0, 0, 0.4f, 0.6f, 1, 1, 0.6f, 0.8f)).Constant(Scales()), mode, 3, 4);
            yield return Cropped(new OperatorCase("Resize", Opset: 13) { Tolerance = Sums }.Feed(1, 1, 5, 6).Constant(Scales(0, 0, -0.2f, 0.6f, 1, 1, 0.6f, 1.3f)).Omit(), mode, 3, 4).With("extrapolation_value", 10f);
            yield return Cropped(new OperatorCase("Resize", Opset: 19) { Tolerance = Sums }.Feed(1, 1, 5, 6).Constant(Scales(0, 0, 0.4f, 0.2f, 1, 1, 0.6f, 1)).Omit(), mode, 1, 6);
        }
    }

    /// <summary>Places that fall on a half but for rounding.</summary>
    private static IEnumerable<OperatorCase> NearHalves()
    {
        foreach (string rounding in new[] { "round_prefer_floor", "round_prefer_ceil" })
        {
            foreach (float off in new[] { -2e-6f, -2e-7f, 2e-7f, 2e-6f })
            {
                OperatorCase one = new OperatorCase("Resize", Opset: 19).Feed(1, 3).Constant(Scales(0, 0, 1, 0.5f + off)).Omit();
                yield return one.Integers(1, 1).With("coordinate_transformation_mode", "tf_crop_and_resize").With("nearest_mode", rounding);
            }
        }
    }

    private static IEnumerable<OperatorCase> Policies()
    {
        foreach (string policy in new[] { "stretch", "not_larger", "not_smaller" })
        {
            foreach (string mode in new[] { "nearest", "linear" })
            {
                yield return new OperatorCase("Resize", Opset: 18) { Tolerance = Sums }.Feed(1, 2, 5, 6).Omit().Omit().Integers(8, 7).With("axes", new[] { 2, 3 }).With("keep_aspect_ratio_policy", policy).With("mode", mode);
                yield return new OperatorCase("Resize", Opset: 19) { Tolerance = Sums }.Feed(1, 2, 5, 6).Omit().Omit().Integers(2, 5).With("axes", new[] { 3, 2 }).With("keep_aspect_ratio_policy", policy).With("mode", mode);
            }
        }

        yield return new OperatorCase("Resize", Opset: 18) { Tolerance = Sums }.Feed(1, 2, 5, 6).Omit().Constant(Scales(2, 0.5f)).With("axes", new[] { 2, -1 }).With("mode", "linear");
    }

    private static OperatorCase Cropped(OperatorCase node, string mode, params long[] sizes) =>
        node.Integers([1, 1, .. sizes]).With("mode", mode).With("coordinate_transformation_mode", "tf_crop_and_resize");

    private static OperatorCase Sized(string coordinates, params long[] sizes) =>
        new OperatorCase("Resize", Opset: 19) { Tolerance = Sums }.Feed(1, 2, 5, 6).Omit().Omit().Integers(sizes).With("coordinate_transformation_mode", coordinates);

    private static OperatorCase Scaled(string coordinates, params float[] scales) =>
        new OperatorCase("Resize", Opset: 19) { Tolerance = Sums }.Feed(1, 2, 5, 6).Omit().Constant(Scales(scales)).With("coordinate_transformation_mode", coordinates);

    private static HostTensor Scales(params float[] scales) => HostTensor.From(scales, scales.Length);
}
