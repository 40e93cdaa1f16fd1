using LoraEdge.Background;
using LoraEdge.Events;
using LoraEdge.Inference;
using LoraEdge.Interactions;
using LoraEdge.Onnx;
using LoraEdge.Parity;

namespace LoraEdge;

/// <summary>
/// A frozen ONNX model in a running game or app, and the profiles of those who use it. Training runs on one background
/// thread; what it has to tell reaches the host inside <see cref="Tick"/> and nowhere else.
/// </summary>
/// <example><code>
/// using var plugin = LoraEdgePlugin.Load(new LoraEdgeOptions
/// {
///     ModelPath = "policy.onnx",
///     Objective = new Objective { ValueName = "logits" },
///     Trainer = new LoraFaTrainer(),
///     StorageFolder = saveFolder,
/// });
/// Profile player = plugin.OpenProfile("ada");
/// player.Record(inputs, Target.Class(move));   // whenever the player has acted
/// player.StartTraining();                      // now and then
/// plugin.Tick();                               // every frame
/// </code></example>
public sealed class LoraEdgePlugin : IDisposable
{
    private readonly AdapterStorage _storage;
    private readonly ProfileLogs _logs;
    private readonly Dictionary<string, Profile> _profiles = new(StringComparer.Ordinal);
    private Profile[] _open = [];
    private bool _disposed;

    private LoraEdgePlugin(LoraEdgeOptions options, ServingModel model)
    {
        Options = options;
        Model = model;
        Server = new AdapterServer(model, FormOf(options, model.Model), options.Serving);
        _storage = OpenStorage(options, model.Model.Fingerprint);
        _logs = new ProfileLogs(options, model.Model, _storage.IsReadOnly);
        Records = new RecordCheck(model.Model, options.Objective);
        Parity = new TrainingParity(model, options);
        Metrics = new TrainingMetrics(() => DutyCycle);
        Background = new TrainingThread(options.Trainer, options.Schedule, Metrics.AddSlice);
    }

    /// <summary>Fingerprint of the model; adapters name it.</summary>
    public ModelFingerprint Fingerprint => Model.Model.Fingerprint;

    /// <summary>Id of this installation among a player's devices; random, and kept in the storage folder outside of what is synced.</summary>
    public DeviceId Device => _storage.Device;

    /// <summary>Whether another process writes to the storage folder: then adapters are served, and nothing is recorded on disk, trained by itself or stored.</summary>
    public bool IsReadOnly => _storage.IsReadOnly;

    /// <summary>Who writes to the storage folder instead: process, machine, since when. Null when this process does, or when it cannot be told.</summary>
    public string? StorageOwner => _storage.Owner;

    /// <summary>The execution provider that serves, and why those that were preferred do not. As text it is one line for the host's log.</summary>
    public ProviderChoice Provider => Model.Provider;

    /// <summary>
    /// How adapters are served, and why. As text it is one line for the host's log. Where costs decide, they are measured when the
    /// first adapter is to be served, or when this is first asked for: that takes some sessions to be built.
    /// </summary>
    public ServingChoice Serving => Server.Choice;

    /// <summary>How many players are served in which way at this moment.</summary>
    public ServingStatus ServingStatus => Server.Status;

    internal LoraEdgeOptions Options { get; }

    internal ServingModel Model { get; }

    internal AdapterServer Server { get; }

    internal RecordCheck Records { get; }

    /// <summary>Used by the training thread.</summary>
    internal TrainingParity Parity { get; }

    internal TrainingThread Background { get; }

    internal TrainingMetrics Metrics { get; }

    internal HostEvents Events { get; } = new();

    /// <summary>Whether rounds of adaptation start without being asked for.</summary>
    internal bool AdaptsByItself => Options.Adaptation is not null && Options.Trainer is not null && !IsReadOnly;

    /// <summary>Whether other devices can bring something.</summary>
    internal bool Syncs => Options.StorageFolder is not null;

    /// <summary>
    /// Reads the model, checks that it can be trained when there is a trainer, and opens the session that serves it. Takes as
    /// long as reading the file and building a session: call it while the host is loading.
    /// </summary>
    /// <param name="options">What the host decides.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range, the objective does not fit the model, or the trainer finds nothing to adapt for it.</exception>
    /// <exception cref="UnsupportedModelException">The trainer cannot execute some nodes, all of which are listed. Without a trainer the model loads, and is only served.</exception>
    /// <exception cref="ModelFormatException">The model is missing, damaged or not ONNX.</exception>
    /// <exception cref="AdapterMismatchException">The calibrated projection was made for another model.</exception>
    /// <exception cref="NativeRuntimeException">ONNX Runtime's native library is missing.</exception>
    /// <exception cref="IOException">The storage folder cannot be made or written.</exception>
    public static LoraEdgePlugin Load(LoraEdgeOptions options)
    {
        OptionsCheck.Require(options);
        OnnxModel model = OnnxModel.Load(options.ModelPath);
        OptionsCheck.Require(options, model);
        options.Trainer?.RequireSupport(options.ModelPath, options.Objective, options.Training);
        var settings = new SessionSettings { Threads = options.InferenceThreads, Providers = options.Providers, MostLostToRounding = options.MostLostToRounding, Limits = options.Limits };
        var serving = new ServingModel(model, options.Projection as CalibratedProjection, settings);
        try
        {
            return new LoraEdgePlugin(options, serving);
        }
        catch
        {
            serving.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a player's profile with the adapter that was stored for it. Reads a file of a few kilobytes and, when there is
    /// one, builds a session: call it while the host is loading, or on a thread of its own.
    /// </summary>
    /// <param name="name">Any name of the host's choice, at least one character; names that differ in any character, also in case only, are different profiles.</param>
    /// <exception cref="EncryptionKeyException">The profile's files are encrypted, and their key was not given.</exception>
    /// <exception cref="LogFormatException">The profile's log was written by a newer version.</exception>
    /// <exception cref="InvalidInputException">The name is empty or not valid Unicode.</exception>
    /// <exception cref="InvalidOperationException">The profile is open already.</exception>
    /// <exception cref="IOException">The stored adapter cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The stored adapter may not be read.</exception>
    /// <exception cref="ObjectDisposedException">The plugin was disposed.</exception>
    public Profile OpenProfile(string name)
    {
        lock (_profiles)
        {
            if (_disposed)
                throw new ObjectDisposedException(nameof(LoraEdgePlugin));
            if (_profiles.ContainsKey(name ?? ""))
                throw new InvalidOperationException($"The profile '{name}' is open already; use the one that {nameof(OpenProfile)} returned, or dispose it first.");
            Profile profile = Open(name!);
            _profiles[profile.Name] = profile;
            _open = [.. _profiles.Values];
            return profile;
        }
    }

    /// <summary>
    /// Runs the model once for many players, each row of the batch with its own player's adapter, on the calling thread. Takes one
    /// session for all of them, which the first call opens: call it once while the host is loading.
    /// </summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call. A row is an element along the first axis.</param>
    /// <param name="rows">The profile of each row; a profile may have several.</param>
    /// <returns>The model's outputs by name, with the same rows.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model, there are more or fewer rows than profiles, a profile is another plugin's, or the model mixes the rows of a batch.</exception>
    /// <exception cref="InvalidOptionsException">A layer can only be served merged, as a recurrent one: run each profile alone.</exception>
    /// <exception cref="AdapterMismatchException">A profile's adapter is of another projection, rank or layers than the host has now: run that profile alone.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute an output.</exception>
    /// <exception cref="ObjectDisposedException">A profile, or the plugin, was disposed.</exception>
    public IReadOnlyDictionary<string, HostTensor> InferBatch(IReadOnlyDictionary<string, HostTensor> inputs, IReadOnlyList<Profile> rows) =>
        Server.RunBatch(inputs, [.. rows.Select(profile => profile?.Slot!)]);

    /// <summary>What the host knows about battery and heat; training does less, or pauses. Default: normal.</summary>
    public PowerState Power
    {
        get => Background.Schedule.Power;
        set => Background.Schedule.Power = value;
    }

    /// <summary>Whether training is paused: it goes on where it stopped. What was started stays started. Default: false.</summary>
    public bool IsTrainingPaused
    {
        get => Background.Schedule.IsPaused;
        set => Background.Schedule.IsPaused = value;
    }

    /// <summary>Share of its time that training may work at this moment, 0 to 1; rises and falls with the frames that <see cref="Tick"/> reports.</summary>
    public double DutyCycle => Background.Schedule.Share;

    /// <summary>
    /// Call it once a frame. Raises the events that have come up since the last call, on the calling thread; in cooperative mode
    /// it then trains as far as the budget goes. An exception of a handler ends the call; what is left is raised by the next one.
    /// </summary>
    /// <param name="budget">Time for training in cooperative mode; without meaning in background mode. Default: none.</param>
    /// <param name="frameWork">
    /// CPU time of the work of the frame that has just ended: not the interval between two frames, which waits for the screen.
    /// In background mode it decides how much the training thread works; without it, that one works as much as it may. Without
    /// meaning in cooperative mode, where the budget decides.
    /// </param>
    /// <returns>What was trained within the call.</returns>
    public TickResult Tick(TimeSpan budget = default, TimeSpan? frameWork = null)
    {
        Events.Raise();
        bool isCooperative = Options.Schedule.Mode == ScheduleMode.Cooperative;
        if (frameWork is { } work && !isCooperative)
            Background.Schedule.AddFrame(work);
        TimeSpan now = Options.Schedule.Clock.Elapsed;
        foreach (Profile profile in Volatile.Read(ref _open))
            profile.StartDue(now);
        return isCooperative ? Background.RunSlices(budget) : default;
    }

    /// <summary>
    /// Cancels all training and closes all profiles. Waits for a training step in progress, or for a trained adapter that is
    /// being stored, and for nothing longer: work of another kind in the background (loading the model for training, building
    /// a session) ends by itself, without effect.
    /// </summary>
    public void Dispose()
    {
        Profile[] open;
        lock (_profiles)
        {
            if (_disposed)
                return;
            _disposed = true;
            open = [.. _profiles.Values];
        }

        foreach (Profile profile in open)
            profile.Dispose();
        Background.Stop();
        Metrics.Dispose();
        Server.Dispose();
        Model.Dispose();
        _storage.Dispose();
    }

    /// <exception cref="InvalidOptionsException">The host only serves.</exception>
    internal void RequireTrainer()
    {
        if (Options.Trainer is null)
            throw new InvalidOptionsException($"This host only serves: set {nameof(LoraEdgeOptions)}.{nameof(LoraEdgeOptions.Trainer)} to train.");
    }

    internal void Close(Profile profile)
    {
        lock (_profiles)
        {
            _profiles.Remove(profile.Name);
            _open = [.. _profiles.Values];
        }
    }

    // A host that only serves may have a model of which nothing can be adapted.
    private static AdapterForm FormOf(LoraEdgeOptions options, OnnxModel model)
    {
        TrainingOptions training = options.Training;
        try
        {
            return new AdapterForm(options.Projection, training.Rank, ObjectiveLayers.Find(model, options.Objective, training.IncludeLayers, training.ExcludeLayers));
        }
        catch (InvalidOptionsException) when (options.Trainer is null)
        {
            return new AdapterForm(options.Projection, training.Rank, []);
        }
    }

    private static AdapterStorage OpenStorage(LoraEdgeOptions options, ModelFingerprint model) => AdapterStorage.Open(
        options.StorageFolder ?? "memory",
        new StorageSettings
        {
            Files = options.StorageFolder is null ? new MemoryFileSystem() : options.Files,
            Clock = options.Schedule.Clock,
            Precision = options.AdapterPrecision,
            Generations = options.Generations,
            PollInterval = options.SyncInterval,
            Key = options.Key,
            Wanted = new WantedAdapter { Model = model, Source = options.Projection, Rank = options.Trainer is null ? null : options.Training.Rank },
        });

    private Profile Open(string name)
    {
        ProfileStore store = _storage.OpenProfile(name);
        AdapterSlot slot = Server.Open();
        InteractionLog? log = null;
        try
        {
            log = _logs.Open(store);
            return new Profile(this, store, slot, log);
        }
        catch
        {
            log?.Dispose();
            slot.Dispose();
            store.Dispose();
            throw;
        }
    }
}
