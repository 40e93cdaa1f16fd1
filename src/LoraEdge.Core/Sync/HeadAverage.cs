namespace LoraEdge;

/// <summary>
/// The weighted average of adapters that share A. The change of the model is linear in B, so averaging B averages the change
/// (FFA-LoRA, arXiv:2403.12313). Sums are in double, in the order of the heads, and each number is rounded once.
/// </summary>
internal static class HeadAverage
{
    /// <summary>The effective adapter of heads in ascending order of their devices.</summary>
    /// <param name="heads">At least one; all with the same model, projection, rank and targets, and alone when they have an A of their own.</param>
    public static EffectiveAdapter Of(IReadOnlyList<DeviceFile> heads)
    {
        Adapter first = heads[0].Adapter!;
        AdapterPrecision precision = heads.Max(head => head.Precision);
        VersionVector vector = heads.Aggregate(VersionVector.Empty, (merged, head) => merged.Merge(head.Origin.Vector));

        // The largest scale, so that no number of B grows on the way to it and becomes infinite in half precision.
        float scale = heads.Select(head => head.Adapter!.Scale).OrderByDescending(Math.Abs).ThenByDescending(value => value).First();
        double[] factors = [.. heads.Select(head => head.Weight * head.Adapter!.Scale / scale)];
        var average = new Adapter
        {
            Model = first.Model,
            Projection = first.Projection,
            Rank = first.Rank,
            Scale = scale,
            Targets = [.. first.Targets.Select((target, i) => Average(target, [.. heads.Select(head => head.Adapter!.Targets[i].B)], factors, precision))],
            Training = Summary(heads, vector),
            Extensions = [OriginFields.Vector(vector)],
        };
        return new EffectiveAdapter(AdapterFile.Write(average, precision), vector);
    }

    private static AdapterTarget Average(AdapterTarget target, float[][] heads, double[] factors, AdapterPrecision precision)
    {
        float[] average = new float[target.B.Length];
        for (int i = 0; i < average.Length; i++)
        {
            double sum = 0;
            for (int head = 0; head < heads.Length; head++)
                sum += factors[head] * heads[head][i];
            average[i] = heads.Length == 1 ? heads[0][i] : precision == AdapterPrecision.Float32 ? (float)sum : RoundToOdd(sum);
        }

        return new AdapterTarget { InitializerIndex = target.InitializerIndex, OutFeatures = target.OutFeatures, B = average, A = target.A };
    }

    /// <summary>
    /// The neighbouring float with an odd last bit, when the number is not a float. Rounding that to half precision gives what
    /// rounding the double would (Boldo and Melquiond, When double rounding is odd, 2005); rounding twice to nearest does not.
    /// </summary>
    private static float RoundToOdd(double value)
    {
        float nearest = (float)value;
        if (nearest == value)
            return nearest;
        uint bits = FloatBits.Of(nearest);
        if (Math.Abs((double)nearest) > Math.Abs(value))
            bits--;
        return FloatBits.ToFloat(bits | 1);
    }

    // Nobody has measured the average.
    private static TrainingSummary Summary(IReadOnlyList<DeviceFile> heads, VersionVector vector) => heads.Count == 1
        ? heads[0].Adapter!.Training
        : new TrainingSummary { Records = vector.Records, Steps = Sum(heads), BaseLoss = float.NaN, AdaptedLoss = float.NaN };

    private static long Sum(IReadOnlyList<DeviceFile> heads) =>
        heads.Aggregate(0L, (sum, head) => sum > long.MaxValue - head.Adapter!.Training.Steps ? long.MaxValue : sum + head.Adapter.Training.Steps);
}
