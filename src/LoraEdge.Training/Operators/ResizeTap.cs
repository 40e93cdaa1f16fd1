namespace LoraEdge.Training.Operators;

/// <summary>One neighbour of every place on a resized axis.</summary>
/// <param name="Picked">Which element of the input it is, for each place of the result.</param>
/// <param name="Weights">Its weight.</param>
internal sealed record ResizeTap(long[] Picked, double[] Weights)
{
    /// <summary>All neighbours that an axis needs.</summary>
    public static ResizeTap[] Of(ResizeAxis axis, ResizeMode mode)
    {
        // An antialiasing filter is as wide as the result's elements are on the input.
        double stretch = mode.Antialiases && axis.Scale < 1 ? 1 / axis.Scale : 1, reach = (mode.Interpolation == "cubic" ? 2 : 1) * stretch;
        int width = (int)Math.Ceiling(2 * reach) + 1;
        ResizeTap[] taps = [.. Enumerable.Range(0, width).Select(_ => new ResizeTap(new long[axis.Result], new double[axis.Result]))];
        for (long index = 0; index < axis.Result; index++)
        {
            double place = mode.PlaceOf(index, axis);
            long first = (long)Math.Floor(place - reach) + 1;
            double[] weights = [.. Enumerable.Range(0, width).Select(tap => Weight(first + tap, place))];
            double sum = weights.Sum();
            for (int tap = 0; tap < width; tap++)
                (taps[tap].Picked[index], taps[tap].Weights[index]) = (Math.Max(0, Math.Min(axis.Size - 1, first + tap)), sum == 0 ? 0 : weights[tap] / sum);
        }

        return [.. taps.Where(tap => axis.Result == 0 || tap.Weights.Any(weight => weight != 0))];

        double Weight(long at, double place) => mode.ExcludesOutside && (at < 0 || at >= axis.Size) ? 0 : Filter(mode, (at - place) / stretch);
    }

    /// <summary>A triangle, or Keys' cubic ("Cubic convolution interpolation for digital image processing", 1981).</summary>
    private static double Filter(ResizeMode mode, double distance)
    {
        double t = Math.Abs(distance), a = mode.CubicCoefficient;
        if (mode.Interpolation == "linear")
            return Math.Max(0, 1 - t);
        return t <= 1 ? (((a + 2) * t) - (a + 3)) * t * t + 1 : t < 2 ? (((a * t) - (5 * a)) * t + (8 * a)) * t - (4 * a) : 0;
    }
}
