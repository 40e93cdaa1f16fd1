namespace LoraEdge.Inference;

/// <summary>How adapters of a model are served, and why. As text it is one line for a log.</summary>
/// <param name="Mode">The way: not <see cref="ServingMode.Auto"/>.</param>
/// <param name="Reason">Why, in one sentence.</param>
/// <param name="Costs">What was measured; empty where nothing had to be.</param>
public sealed record ServingChoice(ServingMode Mode, string Reason, IReadOnlyList<ServingCost> Costs)
{
    /// <summary>Chooses among what was measured.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="costs">The costs of every way that comes into question; merged among them.</param>
    internal static ServingChoice Of(ServingOptions options, IReadOnlyList<ServingCost> costs)
    {
        if (options.Mode != ServingMode.Auto)
            return AskedFor(options.Mode, costs);
        ServingCost best = costs.Where(cost => cost.Objection is null).OrderBy(cost => cost.Over(options.RunsPerAdapter)).First();
        return new ServingChoice(best.Mode, $"The least for {options.RunsPerAdapter} runs of each adapter: {string.Join("; ", costs)}.", costs);
    }

    /// <inheritdoc />
    public override string ToString() => $"Adapters are served {Mode}. {Reason}";

    private static ServingChoice AskedFor(ServingMode mode, IReadOnlyList<ServingCost> costs) =>
        costs.FirstOrDefault(cost => cost.Mode == mode)?.Objection is { } objection
            ? new ServingChoice(ServingMode.Merged, $"{mode} was asked for, but cannot be taken: {objection}", costs)
            : new ServingChoice(mode, "It was asked for.", costs);
}
