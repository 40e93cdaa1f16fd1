namespace LoraEdge.Fuzz.Tests.Mutations;

/// <summary>Damage that knows nothing of the format: flipped bits, lost and repeated parts, a file that ends early.</summary>
internal static class ByteMutations
{
    /// <summary>One to four of them.</summary>
    public static byte[] Apply(byte[] original, Random random)
    {
        if (random.Percent(15))
            return original[..random.Next(original.Length + 1)];
        List<byte> bytes = [.. original];
        for (int edits = random.Next(1, 5); edits > 0 && bytes.Count > 1; edits--)
            Edit(bytes, random);
        return [.. bytes];
    }

    private static void Edit(List<byte> bytes, Random random)
    {
        int at = Place(bytes, random), length = Math.Min(random.Next(1, 32), bytes.Count - at);
        switch (random.Next(8))
        {
            case < 4: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 4: bytes[at] = (byte)random.Next(256); break;
            case 5: bytes.Insert(at, (byte)random.Next(256)); break;
            case 6: bytes.RemoveRange(at, Math.Min(length, bytes.Count - 1)); break;
            default: bytes.InsertRange(Place(bytes, random), bytes.GetRange(at, length)); break;
        }
    }

    // Most of a file is weights, where little can go wrong: half of the edits are at the beginning, where the nodes are.
    private static int Place(List<byte> bytes, Random random) => random.Next(random.Percent(50) ? Math.Min(bytes.Count, 2000) : bytes.Count);
}
