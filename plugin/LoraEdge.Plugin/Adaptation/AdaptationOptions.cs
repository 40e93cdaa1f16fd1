namespace LoraEdge;

/// <summary>
/// How a plugin adapts by itself: it scores new records, trains a candidate on them in the background, and serves it once the
/// evidence of records that it had not seen is strong enough.
/// </summary>
public sealed record AdaptationOptions
{
    /// <summary>New records from which on a round of scoring and training begins. Default: 32.</summary>
    public int MinimumNewRecords { get; init; } = 32;

    /// <summary>Share of older records among those that a round trains on. Default: <see cref="ContinualPlan.DefaultReplayShare"/>.</summary>
    public double ReplayShare { get; init; } = ContinualPlan.DefaultReplayShare;

    /// <summary>When a candidate takes the place of what is served.</summary>
    public GateOptions Gate { get; init; } = new();

    /// <summary>Slices of training between two checkpoints, from which training goes on after a restart. Default: 200.</summary>
    public int CheckpointInterval { get; init; } = 200;

    /// <summary>Refuses what cannot work.</summary>
    /// <exception cref="InvalidOptionsException">An option is outside its range.</exception>
    public void Validate()
    {
        Require(MinimumNewRecords >= 1, nameof(MinimumNewRecords), MinimumNewRecords, "1 or more");
        Require(ReplayShare is >= 0 and < 1, nameof(ReplayShare), ReplayShare, "from 0 to below 1");
        Require(CheckpointInterval >= 1, nameof(CheckpointInterval), CheckpointInterval, "1 or more");
        Gate.Validate();
    }

    private static void Require(bool holds, string option, object value, string range)
    {
        if (!holds)
            throw new InvalidOptionsException($"The adaptation option {option} is {value}; it must be {range}.");
    }
}
