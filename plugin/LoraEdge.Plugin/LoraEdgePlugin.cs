using LoraEdge.Background;
using LoraEdge.Events;
using LoraEdge.Inference;
using LoraEdge.Interactions;
using LoraEdge.Onnx;
using LoraEdge.Parity;
using LoraEdge.Storage;

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
    private readonly TrainingThread? _training;
    private readonly Dictionary<string, Profile> _profiles = new(StringComparer.Ordinal);
    private bool _disposed;

    private LoraEdgePlugin(LoraEdgeOptions options, ServingModel model)
    {
        Options = options;
        Model = model;
        Store = new AdapterStore(options.StorageFolder, options.AdapterPrecision);
        Records = new RecordCheck(model.Model, options.Objective);
        Parity = new TrainingParity(model, options);
        _training = options.Trainer is { } trainer ? new TrainingThread(trainer) : null;
    }

    /// <summary>Fingerprint of the model; adapters name it.</summary>
    public ModelFingerprint Fingerprint => Model.Model.Fingerprint;

    internal LoraEdgeOptions Options { get; }

    internal ServingModel Model { get; }

    internal AdapterStore Store { get; }

    internal RecordCheck Records { get; }

    /// <summary>Used by the training thread.</summary>
    internal TrainingParity Parity { get; }

    internal HostEvents Events { get; } = new();

    /// <summary>
    /// Reads the model and opens the session that serves it. Takes as long as reading the file and building a session: call
    /// it while the host is loading.
    /// </summary>
    /// <param name="options">What the host decides.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range, or the objective names no value of the model or a state that does not fit it.</exception>
    /// <exception cref="ModelFormatException">The model is missing, damaged or not ONNX.</exception>
    /// <exception cref="AdapterMismatchException">The calibrated projection was made for another model.</exception>
    /// <exception cref="NativeRuntimeException">ONNX Runtime's native library is missing.</exception>
    public static LoraEdgePlugin Load(LoraEdgeOptions options)
    {
        OptionsCheck.Require(options);
        OnnxModel model = OnnxModel.Load(options.ModelPath);
        OptionsCheck.Require(options, model);
        var settings = new SessionSettings { Threads = options.InferenceThreads, Limits = options.Limits };
        return new LoraEdgePlugin(options, new ServingModel(model, options.Projection as CalibratedProjection, settings));
    }

    /// <summary>
    /// Opens a player's profile with the adapter that was stored for it. Reads a file of a few kilobytes and, when there is
    /// one, builds a session: call it while the host is loading, or on a thread of its own.
    /// </summary>
    /// <param name="name">Any name of the host's choice, at least one character; names that differ in any character, also in case only, are different profiles.</param>
    /// <exception cref="AdapterFormatException">The stored adapter is damaged. It is left as it is; move the file away to begin anew.</exception>
    /// <exception cref="AdapterMismatchException">The stored adapter is for another model or projection. It is left as it is; move the file away to begin anew.</exception>
    /// <exception cref="InvalidInputException">The name is empty or not valid Unicode.</exception>
    /// <exception cref="InvalidOperationException">The profile is open already.</exception>
    /// <exception cref="IOException">The stored adapter cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The stored adapter may not be read.</exception>
    /// <exception cref="ObjectDisposedException">The plugin was disposed.</exception>
    public Profile OpenProfile(string name)
    {
        AdapterSlot slot = OpenSlot(name);
        try
        {
            return Register(new Profile(this, name, slot));
        }
        catch
        {
            slot.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Raises the events that have come up since the last call, on the calling thread: call it once a frame. An exception of
    /// a handler ends the call; what is left is raised by the next one.
    /// </summary>
    public void Tick() => Events.Raise();

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
        _training?.Stop();
        Model.Dispose();
    }

    /// <summary>Hands a run to the training thread.</summary>
    /// <exception cref="InvalidOptionsException">The host only serves.</exception>
    internal void Enqueue(TrainingRun run) =>
        (_training ?? throw new InvalidOptionsException($"This host only serves: set {nameof(LoraEdgeOptions)}.{nameof(LoraEdgeOptions.Trainer)} to train.")).Enqueue(run);

    internal void Cancel(TrainingRun run) => _training?.Cancel(run);

    internal void Forget(Profile profile)
    {
        lock (_profiles)
            _profiles.Remove(profile.Name);
    }

    private Profile Register(Profile profile)
    {
        lock (_profiles)
        {
            if (_disposed)
                throw new ObjectDisposedException(nameof(LoraEdgePlugin));
            if (_profiles.ContainsKey(profile.Name))
                throw new InvalidOperationException($"The profile '{profile.Name}' is open already; use the one that {nameof(OpenProfile)} returned, or dispose it first.");
            return _profiles[profile.Name] = profile;
        }
    }

    private AdapterSlot OpenSlot(string name)
    {
        Adapter? stored = Store.Load(name);
        AdapterSlot slot = Model.Open();
        try
        {
            slot.Publish(stored);
            return slot;
        }
        catch (AdapterMismatchException error)
        {
            slot.Dispose();
            throw new AdapterMismatchException($"{Store.PathOf(name)}: {error.Message}", error);
        }
    }
}
