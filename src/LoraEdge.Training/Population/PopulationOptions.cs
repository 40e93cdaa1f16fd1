namespace LoraEdge.Training.Population;

/// <summary>What a population shares, and how it is trained.</summary>
public sealed record PopulationOptions
{
    /// <summary>
    /// Whether the model's own weights are trained as well. Default: false, the model stays frozen and the projection alone is
    /// learned.
    /// </summary>
    public bool TrainsModel { get; init; }

    /// <summary>Rows per layer; adapters of this rank and of any lower one can use the projection. Default: 1.</summary>
    public int Rank { get; init; } = 1;

    /// <summary>The rows to start from. Default: the frozen projection of seed 0.</summary>
    public IProjectionSource Start { get; init; } = new SeededProjection(0);

    /// <summary>Layers that adapters will change; see <see cref="TrainingOptions.IncludeLayers"/>.</summary>
    public IReadOnlyList<string> IncludeLayers { get; init; } = [];

    /// <summary>Layers that they will not; see <see cref="TrainingOptions.ExcludeLayers"/>.</summary>
    public IReadOnlyList<string> ExcludeLayers { get; init; } = [];

    /// <summary>Decoupled weight decay on the model's matrices. Default: 0.01. Without meaning while the model is frozen.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Global norm to which the gradients of what is shared are clipped. Default: 1.</summary>
    public double GradientClipNorm { get; init; } = 1;

    /// <summary>The processor to compute on. Default: the CPU.</summary>
    public TrainingDevice Device { get; init; }

    /// <summary>CPU threads that libtorch may use. Default: 1.</summary>
    public int Threads { get; init; } = 1;

    /// <exception cref="InvalidOptionsException">An option is outside its range.</exception>
    internal void Validate()
    {
        Require(Rank is >= 1 and <= AdapterLimits.MaxRank, nameof(Rank), Rank, $"1 to {AdapterLimits.MaxRank}");
        Require(WeightDecay is >= 0 and < 10, nameof(WeightDecay), WeightDecay, "0 to 10");
        Require(GradientClipNorm > 0, nameof(GradientClipNorm), GradientClipNorm, "above 0");
        Require(Threads >= 1, nameof(Threads), Threads, "1 or more");
    }

    private static void Require(bool holds, string option, object value, string range)
    {
        if (!holds)
            throw new InvalidOptionsException($"The population option {option} is {value}; it must be {range}.");
    }
}
