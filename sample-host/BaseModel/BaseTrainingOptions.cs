namespace Rival.BaseModel;

/// <summary>How the base model is trained.</summary>
/// <param name="Games">A directory with one PGN file per player.</param>
/// <param name="Output">Where the model goes.</param>
/// <param name="Minutes">How long to train, interruptions not counted.</param>
public sealed record BaseTrainingOptions(string Games, string Output, double Minutes)
{
    /// <summary>
    /// A model to go on from: weights of the same name and length are taken over, the others start at random. Null to start
    /// from nothing.
    /// </summary>
    public string? StartFrom { get; init; }

    /// <summary>Seed of weights and order.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Share of the time on everybody's games alike; the rest is with the people's adapters. 0 to 1.</summary>
    public double CommonShare { get; init; } = 0.4;

    /// <summary>Positions per optimizer step; with adapters half as many, each learned twice.</summary>
    public int BatchSize { get; init; } = 512;

    /// <summary>Highest learning rate.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Weight decay of matrices.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>CPU threads of libtorch.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
