namespace Rival.Adaptation;

/// <summary>The middle of some values; of an even number of them the mean of the two in the middle.</summary>
public static class Median
{
    /// <summary>Computes it.</summary>
    /// <param name="values">At least one value.</param>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
