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

    /// <summary>Highest learning rate of AdamW. Default: 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decoupled weight decay of AdamW on the trained factors. Default: 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Upper bound on passes over the records. Default: 6; training stops earlier when held-out records stop improving.</summary>
    public int MaxEpochs { get; init; } = 6;

    /// <summary>Records per optimizer step, a sequence of steps counting as one. Default: 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// Records that one <see cref="ITrainingSession.Step"/> runs at most. Default: null, a whole batch, and 128 held-out records
    /// or a whole batch if that is larger. Fewer make steps shorter, for a host that has a few milliseconds a frame to spare;
    /// the gradients of a batch's slices are added up in a fixed order, and are those of the whole batch up to rounding. A size
    /// that divides <see cref="BatchSize"/> makes steps of one length. A model that quantizes all of a batch by one scale takes
    /// a slice for the batch.
    /// </summary>
    public int? SliceSize { get; init; }

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

    /// <summary>
    /// Layers to adapt, as patterns over the names of their weights: <c>*</c> stands for any characters, <c>?</c> for one,
    /// everything else for itself; case counts. Default: none given, which means every layer but an output layer of 8,192
    /// outputs or more whose B would be more than half of the adapter (a vocabulary). Patterns that fit it bring it back;
    /// <c>"*"</c> takes every layer.
    /// </summary>
    public IReadOnlyList<string> IncludeLayers { get; init; } = [];

    /// <summary>Layers to leave out, as patterns over the names of their weights; stronger than <see cref="IncludeLayers"/>. Default: none.</summary>
    public IReadOnlyList<string> ExcludeLayers { get; init; } = [];

    /// <summary>
    /// The processor to compute on. Default: the CPU, which leaves the GPU to the host and gives the same adapter for the same
    /// log, byte for byte; sums on a GPU may differ in the last bits from run to run.
    /// </summary>
    public TrainingDevice Device { get; init; }

    /// <summary>
    /// Type that the frozen float32 weights of products, convolutions and embedding tables are held and multiplied in.
    /// Default: float32. The 16-bit types halve the memory of the weights, and are faster on a GPU and mostly slower on a CPU.
    /// All else stays in float32: what is trained, the branches beside the weights, norms, sums and the loss. An adapter is
    /// then trained beside weights that are rounded to 3 or 2 digits, and fits the model as it is served all the same.
    /// </summary>
    public WeightType WeightType { get; init; }

    /// <summary>CPU threads libtorch may use for training. Default: 1, so that the host keeps its other cores.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Megabytes (2^20 bytes) that a step may keep for its backward pass; what does not fit is computed again, which takes up
    /// to a third more time and gives the same gradients up to rounding. Default: null, everything is kept. The batch, the
    /// weights and the chunk of the head that is at work come on top. On Linux the process then also gives large blocks of
    /// memory back to the system as soon as they are freed.
    /// </summary>
    public double? MemoryTargetMegabytes { get; init; }

    /// <summary>
    /// Megabytes (2^20 bytes) of GPU memory that training may take for weights, values and their gradients; libtorch itself
    /// takes a few hundred more. Default: null, no bound. Checked before every batch against what those before it have taken,
    /// so the first batch of a shape can go beyond it once; training then fails with the figures. Without meaning on the CPU.
    /// </summary>
    public double? GpuMemoryCapMegabytes { get; init; }

    /// <summary>Refuses what cannot work. Loading the plugin does, and every training.</summary>
    /// <exception cref="InvalidOptionsException">An option is outside its range; the message names both.</exception>
    public void Validate()
    {
        Require(Method is AdaptationMethod.LoraFa or AdaptationMethod.Lora, nameof(Method), Method, "one of AdaptationMethod");
        Require(Rank is >= 1 and <= AdapterLimits.MaxRank, nameof(Rank), Rank, $"1 to {AdapterLimits.MaxRank}");
        Require(Scale != 0 && !float.IsNaN(Scale) && !float.IsInfinity(Scale), nameof(Scale), Scale, "finite and not 0");
        Require(LearningRate is > 0 and < 10, nameof(LearningRate), LearningRate, "above 0 and below 10");
        Require(WeightDecay is >= 0 and < 10, nameof(WeightDecay), WeightDecay, "0 to 10");
        Require(MaxEpochs >= 1, nameof(MaxEpochs), MaxEpochs, "1 or more");
        Require(BatchSize >= 1, nameof(BatchSize), BatchSize, "1 or more");
        Require(SliceSize is null or >= 1, nameof(SliceSize), SliceSize ?? 0, "1 or more, or null");
        Require(GradientClipNorm > 0, nameof(GradientClipNorm), GradientClipNorm, "above 0");
        Require(EvaluationsPerEpoch >= 1, nameof(EvaluationsPerEpoch), EvaluationsPerEpoch, "1 or more");
        Require(Patience >= 1, nameof(Patience), Patience, "1 or more");
        Require(TrustRegion > 0, nameof(TrustRegion), TrustRegion, "above 0");
        Require(MemoryTargetMegabytes is null or (> 0 and < 1 << 20), nameof(MemoryTargetMegabytes), MemoryTargetMegabytes ?? 0, "above 0, or null");
        Require(Threads >= 1, nameof(Threads), Threads, "1 or more");
        Require(Device.Kind is TrainingDeviceKind.Cpu or TrainingDeviceKind.Cuda or TrainingDeviceKind.Auto, nameof(Device), Device.Kind, "one of TrainingDeviceKind");
        Require(Device.Index is >= 0 and < 128, nameof(Device), Device, "a device with an index of 0 to 127");
        Require(WeightType is WeightType.Float32 or WeightType.Float16 or WeightType.BFloat16, nameof(WeightType), WeightType, "one of WeightType");
        Require(GpuMemoryCapMegabytes is null or (> 0 and < 1 << 20), nameof(GpuMemoryCapMegabytes), GpuMemoryCapMegabytes ?? 0, "above 0, or null");
        RequirePatterns(IncludeLayers, nameof(IncludeLayers));
        RequirePatterns(ExcludeLayers, nameof(ExcludeLayers));
    }

    private static void RequirePatterns(IReadOnlyList<string> patterns, string option)
    {
        if (patterns is null || patterns.Any(string.IsNullOrEmpty))
            throw new InvalidOptionsException($"The training option {option} holds an empty pattern or none at all; leave it out, or name weights, for example \"encoder.*\".");
    }

    private static void Require(bool holds, string option, object value, string range)
    {
        if (!holds)
            throw new InvalidOptionsException($"The training option {option} is {value}; it must be {range}.");
    }
}
