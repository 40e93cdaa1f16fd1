namespace LoraEdge.Inference;

/// <summary>How ONNX Runtime runs a model.</summary>
public sealed record SessionSettings
{
    /// <summary>
    /// CPU threads of one inference, the calling one included. Default: 1, so that the host keeps its other cores. With more,
    /// ONNX Runtime's worker threads spin for a while after every inference.
    /// </summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Execution providers to try, the preferred first; the CPU serves where none of them works. Default: none, the CPU, whose
    /// numbers do not depend on what else the machine has. <see cref="ProviderOptions.Default"/> is what the system offers.
    /// </summary>
    public IReadOnlyList<ProviderOptions> Providers { get; init; } = [];

    /// <summary>
    /// Share of a layer's changed elements, 0 to 1, that may be lost when its change is merged into a weight of 16 bits. A layer
    /// that would lose more is served with its change as nodes beside it, which takes the time of two thin products but loses
    /// nothing; one that nodes cannot stand beside (a recurrent one) is merged all the same. Default: 0.5, since what is lost first
    /// is what changes least. 1 merges whatever is lost. See <see cref="RoundingLoss"/>.
    /// </summary>
    public double MostLostToRounding { get; init; } = 0.5;

    /// <summary>What its runs may take.</summary>
    public RunLimits Limits { get; init; } = new();

    /// <summary>Tests' way to lose a device; null outside of them.</summary>
    internal SimulatedFault? Fault { get; init; }

    /// <exception cref="InvalidOptionsException">A setting is out of range.</exception>
    internal void Validate()
    {
        if (Threads < 1)
            throw new InvalidOptionsException($"A session cannot run on {Threads} threads; give it 1 or more.");
        if (!(MostLostToRounding is >= 0 and <= 1))
            throw new InvalidOptionsException($"The share of changes that may be lost to rounding cannot be {MostLostToRounding}; give 0 to 1.");
        foreach (ProviderOptions provider in Providers)
            provider.Validate();
        Limits.Validate();
    }
}
