using LoraEdge.Inference;

namespace LoraEdge;

/// <summary>What a host decides once, when it loads its model.</summary>
public sealed record LoraEdgeOptions
{
    /// <summary>Path of the frozen ONNX model that the host ships. Not to be changed while the plugin is loaded.</summary>
    public required string ModelPath { get; init; }

    /// <summary>What training minimises.</summary>
    public required Objective Objective { get; init; }

    /// <summary>
    /// Who trains: <c>LoraEdge.Training.LoraFaTrainer</c> in this process, for example. Default: null, a host that only
    /// serves. Loading takes the trainer over: the plugin disposes it. A load that fails leaves it to the host.
    /// </summary>
    public IAdapterTrainer? Trainer { get; init; }

    /// <summary>
    /// Folder for players' adapters and records. One process writes to it; another that opens it meanwhile only serves
    /// (<see cref="LoraEdgePlugin.IsReadOnly"/>). Default: null, all is kept in memory and ends with its profile.
    /// </summary>
    public string? StorageFolder { get; init; }

    /// <summary>Where that folder lies. Default: the machine's file system. A console's save data, for example, takes another.</summary>
    public IFileSystem Files { get; init; } = DiskFileSystem.Instance;

    /// <summary>Whether records outlive the process, in the storage folder. Default: true. Otherwise they are kept in memory and end with the profile.</summary>
    public bool KeepRecords { get; init; } = true;

    /// <summary>How records are kept: sizes, ages, how soon they reach the disk.</summary>
    public InteractionLogOptions Log { get; init; } = new();

    /// <summary>Encrypts records and adapters on the disk (AES-GCM). All devices of a player need the same. Default: null, nothing is encrypted.</summary>
    public EncryptionKey? Key { get; init; }

    /// <summary>Generations of a profile's adapter that are kept to roll back to, the newest included. Default: 8.</summary>
    public int Generations { get; init; } = 8;

    /// <summary>How often is looked for adapters of other devices. Default: 5 seconds.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adapts to each profile by itself, in rounds, and serves what the evidence supports. Default: null; then training begins
    /// with <see cref="Profile.StartTraining"/> alone.
    /// </summary>
    public AdaptationOptions? Adaptation { get; init; }

    /// <summary>How adapters are trained.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>When training runs.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>
    /// Where the frozen A comes from: a seed, or a <see cref="CalibratedProjection"/> shipped beside the model. Default: seed 0.
    /// One per model, never per player, or the players' adapters cannot be combined.
    /// </summary>
    public IProjectionSource Projection { get; init; } = new SeededProjection(0);

    /// <summary>
    /// Share of a player's records, the newest, that decides when training stops and is never trained on; from 0 to below 1.
    /// Default: 0.1. With 0 training runs to its last epoch and may overfit.
    /// </summary>
    public double HeldOutShare { get; init; } = 0.1;

    /// <summary>How B is stored. Default: half precision, two bytes a number. What is served is what is stored.</summary>
    public AdapterPrecision AdapterPrecision { get; init; } = AdapterPrecision.Float16;

    /// <summary>CPU threads of one inference, the calling one included. Default: 1.</summary>
    public int InferenceThreads { get; init; } = 1;

    /// <summary>
    /// Execution providers to serve on, the preferred first; one that does not work is passed over, and the CPU is always last.
    /// <see cref="LoraEdgePlugin.Provider"/> tells which one it is. Default: what suits the system
    /// (<see cref="ProviderOptions.Default"/>). Empty: the CPU, which suits small models beside a game that needs its GPU.
    /// </summary>
    public IReadOnlyList<ProviderOptions> Providers { get; init; } = ProviderOptions.Default;

    /// <summary>
    /// For weights of 16 bits: share of a layer's changed elements, 0 to 1, that rounding may lose when its change is merged. A layer
    /// that would lose more is served with its change beside it. Default: 0.5. See <see cref="SessionSettings.MostLostToRounding"/>;
    /// <see cref="Profile.RoundingLosses"/> tells what was lost.
    /// </summary>
    public double MostLostToRounding { get; init; } = 0.5;

    /// <summary>How adapters are served, and how much memory that may take.</summary>
    public ServingOptions Serving { get; init; } = new();

    /// <summary>What a run of the model may take, in serving and in training.</summary>
    public RunLimits Limits { get; init; } = new();
}
