namespace LoraEdge.Fuzz.Tests;

/// <summary>What is drawn again and again.</summary>
internal static class Draws
{
    private static readonly long[] s_oddIntegers =
        [0, -1, 1, 2, 3, 4, 5, 7, 8, -2, -3, 16, 63, 64, 65, 100, 255, 256, 1000, 65_536, 1_000_000, int.MaxValue, int.MinValue, 1L << 31, 1L << 33, 1L << 40, 1L << 62, long.MaxValue, long.MinValue];

    private static readonly float[] s_oddFloats =
        [0, -1, 1, 0.5f, 2, 3, -0.5f, 1e-30f, 1e30f, -1e30f, 1e9f, 1e18f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon];

    /// <summary>One of a list.</summary>
    public static T Pick<T>(this Random random, IReadOnlyList<T> list) => list[random.Next(list.Count)];

    /// <summary>True in so many of a hundred draws.</summary>
    public static bool Percent(this Random random, int share) => random.Next(100) < share;

    /// <summary>An integer at which something could change.</summary>
    public static long OddInteger(this Random random) => random.Percent(60) ? random.Next(-4, 9) : random.Pick(s_oddIntegers);

    /// <summary>A float at which something could change.</summary>
    public static float OddFloat(this Random random) => random.Pick(s_oddFloats);
}
