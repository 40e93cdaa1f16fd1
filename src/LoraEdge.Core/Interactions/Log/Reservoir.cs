namespace LoraEdge;

/// <summary>
/// A uniform sample of a stream of unknown length (Vitter 1985, algorithm R): the first k fill the slots, and the t-th after
/// them takes a slot drawn from 1 to t, if there is one of that number. Which is drawn follows from seed and t alone.
/// </summary>
internal static class Reservoir
{
    /// <summary>The slot that a record takes; as many as there are slots, or more, when it takes none.</summary>
    /// <param name="seed">Seed of the sample.</param>
    /// <param name="earlier">Records offered before this one.</param>
    /// <param name="slots">Number of slots.</param>
    public static long SlotFor(ulong seed, long earlier, int slots) =>
        earlier < slots ? earlier : Draw(seed, (ulong)earlier, (ulong)earlier + 1);

    /// <summary>A number below a bound that follows from seed and position: SplitMix64's finalizer (Steele, Lea, Flood 2014).</summary>
    public static long Draw(ulong seed, ulong position, ulong bound)
    {
        ulong z = (seed ^ 0x5851F42D4C957F2DUL) + ((position + 1) * 0x9E3779B97F4A7C15UL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (long)((z ^ (z >> 31)) % bound);
    }
}
