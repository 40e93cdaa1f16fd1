namespace LoraEdge;

/// <summary>How a player's interaction log is kept.</summary>
public sealed record InteractionLogOptions
{
    private const int LeastSegmentBytes = 4096;
    private const int LeastWaitingBytes = 16 * 1024;
    private const int MostBytes = 64 * 1024 * 1024;

    /// <summary>
    /// Longest time that a record stays in this process alone, give or take a tenth of a second. After it, a record outlives the process; a loss of power only
    /// spares what was synced: whole segments, and all at <see cref="InteractionLog.Flush"/>. Default: one second.
    /// </summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes after which a segment file is closed and synced, and the next begun. Default: 1 MiB. 4 KiB to 64 MiB.</summary>
    public int SegmentBytes { get; init; } = 1024 * 1024;

    /// <summary>Most bytes on disk; the oldest segments go first. Default: 64 MiB. At least 4 times <see cref="SegmentBytes"/>.</summary>
    public long MaxBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Segments whose newest record is older than this go. Null, the default: none does because of its age.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>
    /// Of the records that went because of size or age, so many are kept as a uniform sample, in a file of their own that
    /// <see cref="MaxBytes"/> includes (Vitter 1985, "Random Sampling with a Reservoir", algorithm R). They may be older than
    /// <see cref="MaxAge"/>. A record of more than MaxBytes / (2 * SampleSize) bytes is not sampled. Default: 0, none.
    /// </summary>
    public int SampleSize { get; init; }

    /// <summary>Seed of the sample: the same records give the same sample.</summary>
    public ulong SampleSeed { get; init; }

    /// <summary>
    /// Memory for records on their way to the disk, taken when the log is opened and rounded up to a power of two. When it is
    /// full, records are lost and reported. One record may take almost half of it, and a quarter of
    /// <see cref="MaxBytes"/>. Default: 4 MiB. 16 KiB to 64 MiB.
    /// </summary>
    public int WaitingBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Encrypts what is written, also what an earlier log without a key left. Default: null, nothing is encrypted.</summary>
    public EncryptionKey? Key { get; init; }

    internal void Check()
    {
        Require(FlushInterval > TimeSpan.Zero && FlushInterval <= TimeSpan.FromHours(1), nameof(FlushInterval), FlushInterval, "above 0 and at most an hour");
        Require(SegmentBytes is >= LeastSegmentBytes and <= MostBytes, nameof(SegmentBytes), SegmentBytes, $"{LeastSegmentBytes} to {MostBytes}");
        Require(MaxBytes >= 4L * SegmentBytes, nameof(MaxBytes), MaxBytes, $"at least 4 times {nameof(SegmentBytes)}, {4L * SegmentBytes}");
        Require(MaxAge is null || MaxAge > TimeSpan.Zero, nameof(MaxAge), MaxAge, "above 0, or null");
        Require(SampleSize >= 0, nameof(SampleSize), SampleSize, "0 or more");
        Require(WaitingBytes is >= LeastWaitingBytes and <= MostBytes, nameof(WaitingBytes), WaitingBytes, $"{LeastWaitingBytes} to {MostBytes}");
    }

    private static void Require(bool holds, string name, object? value, string allowed)
    {
        if (!holds)
            throw new InvalidOptionsException($"{nameof(InteractionLogOptions)}.{name} is {value}; it must be {allowed}.");
    }
}
