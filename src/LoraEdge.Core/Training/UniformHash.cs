namespace LoraEdge;

/// <summary>Numbers in [0, 1) from a counter, the same on every platform: the finalizer of SplitMix64 (Steele, Lea and Flood 2014).</summary>
internal static class UniformHash
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>The number that belongs to a counter.</summary>
    public static double Of(ulong counter, ulong seed) => (Bits(counter, seed) >> 11) * (1.0 / (1UL << 53));

    /// <summary>64 bits that belong to a counter.</summary>
    public static ulong Bits(ulong counter, ulong seed) => unchecked(Mix(Mix(seed + Gamma) + ((counter + 1) * Gamma)));

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
