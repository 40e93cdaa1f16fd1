using LoraEdge;
using LoraEdge.Inference;
using LoraEdge.Training;
using Rival.Chess;
using Rival.Policy;

namespace Rival.Play;

/// <summary>
/// All that a game has to do to adapt to its players, in one place: load, open a profile, record what the player does, infer,
/// tick. Copy it: what is chess in it is the two lines that turn a position into the model's input, and the objective.
/// </summary>
public sealed class RivalIntegration : IDisposable
{
    private readonly LoraEdgePlugin _plugin;

    /// <summary>Loads the frozen model. It takes about a second: do it while the game is loading.</summary>
    /// <param name="model">The model that the game ships.</param>
    /// <param name="storageFolder">Where players' records and adapters are kept: some kilobytes each, beside the save games.</param>
    /// <exception cref="LoraEdgeException">The model cannot be used, or a native library is missing.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public RivalIntegration(PolicyModel model, string storageFolder) => _plugin = LoraEdgePlugin.Load(new LoraEdgeOptions
    {
        ModelPath = model.Path,
        StorageFolder = storageFolder,

        // What is learned: to foretell the move, one class among the legal ones.
        Objective = PolicyRecord.Objective,

        // Who learns. A game that only plays adapters which were trained elsewhere leaves it out, and ships without libtorch.
        Trainer = new LoraFaTrainer(),

        // Where the frozen half of every adapter comes from; a model that ships without a calibrated one takes a seed.
        Projection = model.Projection(rank: 1),

        // Train in the background as records come, and serve a candidate only once moves that it had not seen say that it is better.
        Adaptation = new AdaptationOptions { Gate = new GateOptions() },

        // The background thread backs off as soon as frames get slower; Tick tells it how long they take.
        Schedule = new ScheduleOptions { Mode = ScheduleMode.Background },

        // A small model beside a game that needs its GPU is best served by one CPU thread.
        Providers = [],
    });

    /// <summary>The thread that trains stops after the step it is in, and goes on where it was.</summary>
    public bool IsTrainingPaused
    {
        get => _plugin.IsTrainingPaused;
        set => _plugin.IsTrainingPaused = value;
    }

    /// <summary>Share of its time that training may work at this moment, 0 to 1.</summary>
    public double DutyCycle => _plugin.DutyCycle;

    /// <summary>Whether another process has the storage folder: then nothing is learned here.</summary>
    public bool IsReadOnly => _plugin.IsReadOnly;

    /// <summary>What serves the model, for people to read.</summary>
    public string Provider => _plugin.Provider.InUse.ToString()!.ToUpperInvariant();

    /// <summary>The model that adapters have to be for.</summary>
    public ModelFingerprint Model => _plugin.Fingerprint;

    /// <summary>Opens what is known of one player. It reads files and builds a session: call it on any thread but the game's.</summary>
    /// <param name="profile">Name of the profile. One that never records anything is the frozen model itself.</param>
    /// <exception cref="LoraEdgeException">Its files cannot be used.</exception>
    public RivalMind Open(string profile) => new(_plugin.OpenProfile(profile));

    /// <summary>Call it once a frame. News of training (<see cref="Profile.Adapted"/> and others) are raised in it, on this thread.</summary>
    /// <param name="work">How long the last frame worked, without its wait for the next.</param>
    public void Frame(TimeSpan work) => _plugin.Tick(frameWork: work);

    /// <summary>Ends training and closes all profiles; what was recorded is on the disk.</summary>
    public void Dispose() => _plugin.Dispose();
}

/// <summary>What the game knows of one player's way to move: the model with that player's adapter.</summary>
public sealed class RivalMind : IDisposable
{
    private readonly InferenceCall _call;

    /// <summary>Prepares inferences, so that none in a frame makes garbage.</summary>
    /// <param name="profile">The player's profile; disposed with this.</param>
    public RivalMind(Profile profile)
    {
        Profile = profile;
        _call = profile.Prepare(PolicyRecord.Inputs(Position.Start, [], []));
        _call.WarmUp();
    }

    /// <summary>The player's profile: its adapter, its state of adaptation, its events.</summary>
    public Profile Profile { get; }

    /// <summary>Remembers a move of the player. It neither waits nor locks: the log is written, and read, in the background.</summary>
    /// <param name="position">The position before the move.</param>
    /// <param name="history">The moves that led to it, latest last.</param>
    /// <param name="played">The move.</param>
    public void Record(in Position position, ReadOnlySpan<Move> history, Move played)
    {
        Interaction record = PolicyRecord.Create(position, history, played);
        Profile.Record(record.Inputs, record.Target);
    }

    /// <summary>Foretells the next move, with the adapter that is in use at this moment.</summary>
    /// <param name="position">The position.</param>
    /// <param name="history">The moves that led to it, latest last.</param>
    /// <param name="legal">Its legal moves.</param>
    /// <returns>A score for each <see cref="MoveClass"/>, until the next call.</returns>
    public ReadOnlySpan<float> Infer(in Position position, ReadOnlySpan<Move> history, ReadOnlySpan<Move> legal)
    {
        Span<ulong> planes = stackalloc ulong[BoardPlanes.Count];
        BoardPlanes.Compute(position, history, legal, planes);
        BoardPlanes.Expand(planes, _call.Input<byte>(PolicyRecord.Input));
        _call.Run();
        return _call.Output<float>(PolicyRecord.Output);
    }

    /// <summary>Closes the profile; its records and its adapter stay on the disk.</summary>
    public void Dispose()
    {
        _call.Dispose();
        Profile.Dispose();
    }
}
