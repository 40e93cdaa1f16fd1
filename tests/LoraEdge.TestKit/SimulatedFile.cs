namespace LoraEdge.TestKit;

/// <summary>The content of a file on a <see cref="SimulatedDisk"/>, whatever its name: as programs see it, and as the last sync left it.</summary>
internal sealed class SimulatedFile(byte[] content)
{
    public byte[] Content { get; set; } = content;

    public byte[] Synced { get; set; } = content;

    /// <summary>Number of the operation that changed it last.</summary>
    public int Changed { get; set; }

    /// <summary>What is found of it after a loss of power.</summary>
    public byte[] AfterPowerLoss(Unsynced writes, Random random) => writes switch
    {
        Unsynced.Lost => Synced,
        Unsynced.Kept => Content,
        _ => random.Next(4) switch
        {
            0 => Synced,
            1 => Content,
            _ => Torn(random),
        },
    };

    // What both agree on is there. Behind it: some of what was written, then blocks that were taken and not filled.
    private byte[] Torn(Random random)
    {
        int same = Content.AsSpan().CommonPrefixLength(Synced);
        byte[] torn = new byte[random.Next(same, Content.Length + 1)];
        Content.AsSpan(0, random.Next(same, torn.Length + 1)).CopyTo(torn);
        return torn;
    }
}
