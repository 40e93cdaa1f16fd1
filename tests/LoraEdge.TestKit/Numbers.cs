using NUnit.Framework;

namespace LoraEdge.TestKit;

/// <summary>Random numbers from a seed, and comparisons of arrays.</summary>
public static class Numbers
{
    /// <summary>Normally distributed numbers.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The same seed gives the same numbers.</param>
    /// <param name="deviation">Their standard deviation.</param>
    public static float[] Normal(int count, int seed, double deviation = 1)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }

    /// <summary>Asserts that no element is further from the expected one than a share of the largest expected magnitude.</summary>
    public static void AssertClose(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double share)
    {
        Assert.That(actual.Length, Is.EqualTo(expected.Length));
        if (expected.Length == 0)
            return;
        double scale = 0, worst = 0;
        int at = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            scale = Math.Max(scale, Math.Abs(expected[i]));
            double apart = Math.Abs((double)actual[i] - expected[i]);
            if (!(apart <= worst))
                (worst, at) = (apart, i);
        }

        Assert.That(worst, Is.LessThanOrEqualTo(share * scale), $"element {at} of {expected.Length} is {actual[at]}, expected {expected[at]}; the scale is {scale}");
    }
}
