namespace LoraEdge.Training.Operators;

/// <summary>One axis of RoiAlign.</summary>
/// <param name="Size">Size of the image on this axis.</param>
/// <param name="Bins">Number of equal parts that a region is divided into.</param>
/// <param name="Samples">Places looked up in each part; 0 for about one an element.</param>
/// <param name="HalfPixel">Whether a region may be smaller than one element.</param>
internal sealed record RegionAxis(long Size, long Bins, long Samples, bool HalfPixel)
{
    /// <summary>The share of every element in every part of a region, <c>(bins, size)</c> row-major: means of linear interpolations.</summary>
    public double[] Weights(double start, double end)
    {
        var weights = new double[Bins * Size];
        double length = HalfPixel ? end - start : Math.Max(1, end - start), bin = length / Bins;
        long samples = Samples > 0 ? Samples : (long)Math.Ceiling(bin);
        for (long part = 0; part < Bins; part++)
        {
            // Nothing outside is looked up, however large a region is.
            double below = ((-1 - start) / bin - part) * samples - 0.5, above = ((Size - start) / bin - part) * samples - 0.5;
            long first = bin > 0 ? (long)Math.Max(0, below) : 0, last = bin > 0 ? (long)Math.Min(samples - 1, above) : samples - 1;
            for (long sample = first; sample <= last; sample++)
                Add(weights.AsSpan((int)(part * Size), (int)Size), start + (part + (sample + 0.5) / samples) * bin, 1.0 / samples);
        }

        return weights;
    }

    private void Add(Span<double> row, double place, double weight)
    {
        if (place < -1 || place > Size)
            return;
        place = Math.Max(0, Math.Min(Size - 1, place));
        int low = (int)place;
        row[low] += weight * (1 - (place - low));
        if (place > low)
            row[low + 1] += weight * (place - low);
    }
}
