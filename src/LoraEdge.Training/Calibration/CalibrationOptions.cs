namespace LoraEdge.Training.Calibration;

/// <summary>How a projection is calibrated.</summary>
public sealed record CalibrationOptions
{
    /// <summary>Rows per layer; adapters of this rank and of any lower one can use the projection. Default: 1.</summary>
    public int Rank { get; init; } = 1;

    /// <summary>Passes over everyone's records. Default: 4. With many more, A begins to fit these people alone.</summary>
    public int Epochs { get; init; } = 4;

    /// <summary>Records per step. Default: 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Highest learning rate, of A and of everyone's B; it falls to a tenth. Default: 2e-3.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Seed of the random rows to start from and of the order of people and records. Default: 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>CPU threads that libtorch may use. Default: 1.</summary>
    public int Threads { get; init; } = 1;
}
