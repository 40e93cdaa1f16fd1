namespace LoraEdge.Inference;

/// <summary>How adapters are served, and how much memory that may take.</summary>
public sealed record ServingOptions
{
    /// <summary>
    /// The way. Default: <see cref="ServingMode.Merged"/>, runs at the base's speed, which suits one player. What the model does not
    /// allow is served merged; <see cref="ServingChoice.Reason"/> says so.
    /// </summary>
    public ServingMode Mode { get; init; } = ServingMode.Merged;

    /// <summary>For <see cref="ServingMode.Auto"/>: how many inferences are expected with an adapter before the next one takes its place. Default: 10,000.</summary>
    public int RunsPerAdapter { get; init; } = 10_000;

    /// <summary>
    /// Memory for merged weights of all players together, in megabytes. Who has no room there is served attached, and those who
    /// are served most recently and often get it. Where nobody can be served attached, the limit is passed. Default: 1,024.
    /// </summary>
    public int MergedMegabytes { get; init; } = 1_024;

    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(typeof(ServingMode), Mode))
            throw new InvalidOptionsException($"There is no serving mode {(int)Mode}; take one of {string.Join(", ", Enum.GetNames(typeof(ServingMode)))}.");
        if (RunsPerAdapter < 1)
            throw new InvalidOptionsException($"{nameof(RunsPerAdapter)} is {RunsPerAdapter}; it must be 1 or more.");
        if (MergedMegabytes < 0)
            throw new InvalidOptionsException($"{nameof(MergedMegabytes)} is {MergedMegabytes}; it must be 0 or more.");
    }
}
