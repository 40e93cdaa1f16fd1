namespace LoraEdge.Inference;

/// <summary>What one way of serving costs on this machine, or why it cannot be taken.</summary>
/// <param name="Mode">The way.</param>
/// <param name="Publish">From an adapter in memory to a session that serves it.</param>
/// <param name="Inference">One inference on made-up inputs.</param>
/// <param name="Objection">Why it cannot be taken; null when it can.</param>
public sealed record ServingCost(ServingMode Mode, TimeSpan Publish, TimeSpan Inference, string? Objection = null)
{
    /// <summary>The cost of an adapter that serves a number of inferences.</summary>
    public TimeSpan Over(int runs) => Publish + TimeSpan.FromTicks(checked(Inference.Ticks * runs));

    /// <inheritdoc />
    public override string ToString() => Objection is null
        ? FormattableString.Invariant($"{Mode} {Publish.TotalMilliseconds:F2} ms to publish and {Inference.TotalMilliseconds:F3} ms a run")
        : $"{Mode} not: {Objection}";
}
