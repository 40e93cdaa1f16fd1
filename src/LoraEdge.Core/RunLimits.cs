namespace LoraEdge;

/// <summary>
/// What a run of the model may take. A damaged model, or a wrong input that decides a shape, may ask for all the memory of the
/// machine, or never end. The defaults leave compact models ample room; raise them for large batches of a small model.
/// </summary>
public sealed record RunLimits
{
    /// <summary>Default of <see cref="ServingMegabytes"/>.</summary>
    public const int DefaultServingMegabytes = 512;

    /// <summary>
    /// Megabytes (2^20 bytes) that values may take in all sessions of a process together, for models of up to 32 MB; 1 to 4095.
    /// Weights are not counted, and larger models are not bound. Default: 512. Null: no bound. A process has one such memory:
    /// the session that is opened first decides on its size, and another size that is asked for later is refused.
    /// </summary>
    public int? ServingMegabytes { get; init; } = DefaultServingMegabytes;

    /// <summary>
    /// Megabytes (2^20 bytes) that the values of one run of the executor may take, in training and in the comparison with what
    /// is served, beside 16 times what the model's weights and the inputs take; 1 to 1048576. Default: 384.
    /// </summary>
    public int TrainingMegabytes { get; init; } = 384;

    /// <summary>Seconds after which a served run of a model with loops is ended; above 0, up to a day. Default: 5. Models without loops are not bound.</summary>
    public double LoopSeconds { get; init; } = 5;

    /// <summary>Refuses what cannot work.</summary>
    /// <exception cref="InvalidOptionsException">A limit is outside its range; the message names both.</exception>
    public void Validate()
    {
        Require(ServingMegabytes is null or (>= 1 and <= 4095), nameof(ServingMegabytes), ServingMegabytes ?? 0, "1 to 4095, or null for none");
        Require(TrainingMegabytes is >= 1 and <= 1 << 20, nameof(TrainingMegabytes), TrainingMegabytes, $"1 to {1 << 20}");
        Require(LoopSeconds is > 0 and <= 86_400, nameof(LoopSeconds), LoopSeconds, "above 0 and at most 86400");
    }

    private static void Require(bool holds, string limit, double value, string range)
    {
        if (!holds)
            throw new InvalidOptionsException($"The limit {limit} is {value}; it must be {range}.");
    }
}
