namespace LoraEdge;

/// <summary>How an adapter is trained. The defaults are what the benchmarks of docs/benchmarks.md use.</summary>
public sealed record TrainingOptions
{
    /// <summary>What is trained. Default: LoRA-FA.</summary>
    public AdaptationMethod Method { get; init; } = AdaptationMethod.LoraFa;

    /// <summary>Rank r of the change of every layer. Default: 1. The adapter grows in proportion.</summary>
    public int Rank { get; init; } = 1;

    /// <summary>The factor s on every B*A. Default: 1.</summary>
    public float Scale { get; init; } = 1f;

    /// <summary>Seed of the order in which records are drawn. Default: 0. The same seed gives the same adapter, byte for byte.</summary>
    public ulong SamplingSeed { get; init; }

    /// <summary>Highest learning rate of AdamW. Default: 5e-4.</summary>
    public double LearningRate { get; init; } = 5e-4;

    /// <summary>Decoupled weight decay of AdamW on the trained factors. Default: 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Upper bound on passes over the records. Default: 6; training stops earlier when held-out records stop improving.</summary>
    public int MaxEpochs { get; init; } = 6;

    /// <summary>Records per optimizer step. Default: 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Global norm to which gradients are clipped. Default: 1.</summary>
    public double GradientClipNorm { get; init; } = 1;

    /// <summary>Evaluations on the held-out records per epoch. Default: 2.</summary>
    public int EvaluationsPerEpoch { get; init; } = 2;

    /// <summary>Evaluations in a row without improvement after which training stops. Default: 6. A short patience saves
    /// time and loses accuracy: a few hundred held-out records are a noisy judge.</summary>
    public int Patience { get; init; } = 6;

    /// <summary>
    /// Bound on the Frobenius norm of each layer's change, relative to the norm of its weight. Default: 0.5. A change that
    /// would be larger is scaled back after the step.
    /// </summary>
    public double TrustRegion { get; init; } = 0.5;

    /// <summary>CPU threads libtorch may use for training. Default: 1, so that the host keeps its other cores.</summary>
    public int Threads { get; init; } = 1;
}
