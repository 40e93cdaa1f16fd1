namespace LoraEdge.Fuzz.Tests;

/// <summary>Damage as disks and networks do it.</summary>
internal static class ByteMutation
{
    public static (byte[] Bytes, string How) Apply(byte[] bytes, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                return (bytes[..random.Next(bytes.Length)], "truncated");
            case 1:
                int from = random.Next(bytes.Length), length = Math.Min(random.Next(1, 40), bytes.Length - from);
                return ([.. bytes[..from], .. bytes[(from + length)..]], "bytes taken out");
            case 2:
                int at = random.Next(bytes.Length);
                random.NextBytes(bytes.AsSpan(at, Math.Min(random.Next(1, 9), bytes.Length - at)));
                return (bytes, "random bytes");
            default:
                int count = random.Next(1, 9);
                // Small models are mostly names and numbers; the weights of larger ones come last.
                for (int i = 0; i < count; i++)
                    bytes[random.Next(random.Next(2) == 0 ? Math.Min(bytes.Length, 400) : bytes.Length)] ^= (byte)(1 << random.Next(8));
                return (bytes, $"{count} bits flipped");
        }
    }
}
