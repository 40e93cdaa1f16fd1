namespace LoraEdge.Onnx.Parity;

/// <summary>Random numbers from a seed: SplitMix64, and normal numbers by Box and Muller's transform.</summary>
internal sealed class SeededNumbers(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number of mean 0 and deviation 1.</summary>
    public float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit()));

    /// <summary>An integer from <paramref name="low"/> to <paramref name="high"/>, both included; the lower one when there is none between.</summary>
    public long Within(long low, long high) => high <= low ? low : low + (long)(Next() % ((ulong)(high - low) + 1));

    private double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    private ulong Next()
    {
        ulong mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
