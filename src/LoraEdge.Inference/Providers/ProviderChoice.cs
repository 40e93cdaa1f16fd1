namespace LoraEdge.Inference;

/// <summary>Which execution provider serves, and why those that were preferred do not. As text it is one line for a log.</summary>
/// <param name="InUse">The provider in use.</param>
/// <param name="Failures">Those that were tried before it, in order.</param>
public sealed record ProviderChoice(ProviderOptions InUse, IReadOnlyList<ProviderFailure> Failures)
{
    /// <inheritdoc />
    public override string ToString() => Failures.Count == 0
        ? $"Serving on {InUse}."
        : $"Serving on {InUse}. Tried before: {string.Join("; ", Failures.Select(failure => $"{failure.Tried} ({failure.Reason})"))}.";
}
