namespace LoraEdge.Training.Records;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): the same numbers on every platform and runtime, unlike System.Random.</summary>
internal struct SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Fisher and Yates.</summary>
    public void Shuffle<T>(List<T> items)
    {
        for (int last = items.Count - 1; last > 0; last--)
        {
            int other = (int)(Next() % (ulong)(last + 1));
            (items[last], items[other]) = (items[other], items[last]);
        }
    }
}
