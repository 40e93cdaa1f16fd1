namespace LoraEdge;

/// <summary>When a candidate replaces the adapter in use, and when it is given up.</summary>
public sealed record GateOptions
{
    internal const int MostPatience = 100_000;

    /// <summary>
    /// Chance that an adapter is ever promoted although what it replaces is right, over all looks and all candidates since the
    /// last promotion. Default: 0.05. Lower needs more records: about in proportion to its logarithm. Where losses are of
    /// cross-entropies, a candidate that is no better on average than a rival that is wrong has a chance of 0.2 at most by
    /// differences cut at about a nat; one whose rare losses are far larger may have somewhat more (docs/decisions/0013-gate.md).
    /// </summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>Records, repetitions counted for less, before a candidate can be promoted. Default: 64: fewer do not show rare losses.</summary>
    public int MinimumRecords { get; init; } = 64;

    /// <summary>
    /// Records after which a candidate without enough evidence is dropped. Default: 3,000. A small advantage needs many: one
    /// of 0.003 nats about 1,000.
    /// </summary>
    public int Patience { get; init; } = 3000;

    /// <summary>Rejections in a row from which on training goes slower. Default: 2.</summary>
    public int SlowAfter { get; init; } = 2;

    /// <summary>Factor on the learning rate for each rejection from <see cref="SlowAfter"/> on. Default: 0.5.</summary>
    public double SlowFactor { get; init; } = 0.5;

    /// <summary>Rejections in a row after which training stops. Default: 4.</summary>
    public int StopAfter { get; init; } = 4;

    /// <summary>New records after which stopped training is tried again. Default: 2,000.</summary>
    public int ResumeAfterRecords { get; init; } = 2000;

    /// <summary>
    /// Records that pass on average before an adapter that is exactly as good as the base is rolled back by mistake; at least.
    /// Default: 1,000. Larger notices harm later: about in proportion to its logarithm.
    /// </summary>
    public double RollbackRunLength { get; init; } = 1000;

    /// <summary>Refuses what cannot work.</summary>
    /// <exception cref="InvalidOptionsException">An option is outside its range; the message names both.</exception>
    public void Validate()
    {
        Require(Alpha is >= 1e-6 and <= 0.5, nameof(Alpha), Alpha, "1e-6 to 0.5");
        Require(MinimumRecords >= 1, nameof(MinimumRecords), MinimumRecords, "1 or more");
        Require(Patience >= MinimumRecords && Patience <= MostPatience, nameof(Patience), Patience, $"{nameof(MinimumRecords)} ({MinimumRecords}) to {MostPatience}");
        Require(SlowAfter >= 1, nameof(SlowAfter), SlowAfter, "1 or more");
        Require(SlowFactor is > 0 and <= 1, nameof(SlowFactor), SlowFactor, "above 0, at most 1");
        Require(StopAfter >= 1, nameof(StopAfter), StopAfter, "1 or more");
        Require(ResumeAfterRecords >= 1, nameof(ResumeAfterRecords), ResumeAfterRecords, "1 or more");
        Require(RollbackRunLength is >= 2 and <= 1e9, nameof(RollbackRunLength), RollbackRunLength, "2 to 1e9");
    }

    private static void Require(bool holds, string option, object value, string range)
    {
        if (!holds)
            throw new InvalidOptionsException($"The gate option {option} is {value}; it must be {range}.");
    }
}
