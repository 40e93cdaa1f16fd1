namespace LoraEdge.TestKit;

/// <summary>Random changes that keep most of a file as it is, so that they reach deep into a reader.</summary>
public static class Mutation
{
    // Codes of MessagePack types and lengths, and numbers at the edges.
    private static readonly byte[] Interesting = [0x00, 0x01, 0x7f, 0x80, 0x8f, 0x90, 0x9b, 0xc0, 0xc4, 0xc5, 0xc6, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf, 0xd0, 0xd3, 0xdc, 0xdd, 0xde, 0xdf, 0xe0, 0xff];

    /// <summary>A file with one to three changes.</summary>
    public static byte[] Of(byte[] file, Random random)
    {
        var bytes = new List<byte>(file);
        for (int edits = random.Next(1, 4); edits > 0; edits--)
            Edit(bytes, random);
        return [.. bytes];
    }

    private static void Edit(List<byte> bytes, Random random)
    {
        int at = random.Next(bytes.Count);
        int count = Math.Min(random.Next(1, 9), bytes.Count - at);
        switch (random.Next(6))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes[at] = Interesting[random.Next(Interesting.Length)];
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(count, bytes.Count - 1));
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - count + 1), count));
                break;
            default:
                bytes.Insert(at, Interesting[random.Next(Interesting.Length)]);
                break;
        }
    }
}
