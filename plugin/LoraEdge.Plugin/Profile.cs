using LoraEdge.Background;
using LoraEdge.Inference;
using LoraEdge.Interactions;

namespace LoraEdge;

/// <summary>
/// One player: what that player did, and the adapter that was learned from it. <see cref="Record"/>, <see cref="RecordSequence"/> and
/// <see cref="Infer(IReadOnlyDictionary{string, HostTensor})"/> may be called from any thread; the other members from one.
/// </summary>
public sealed class Profile : IDisposable
{
    private readonly LoraEdgePlugin _plugin;
    private readonly AdapterSlot _slot;
    private readonly RecordList _log = new();
    private TrainingRun? _run;
    private volatile bool _disposed;

    internal Profile(LoraEdgePlugin plugin, string name, AdapterSlot slot)
    {
        _plugin = plugin;
        _slot = slot;
        Name = name;
    }

    /// <summary>Raised in <see cref="LoraEdgePlugin.Tick"/> while training goes on: at most once a tick, with the latest figures.</summary>
    public event EventHandler<TrainingProgress>? Progress;

    /// <summary>Raised in <see cref="LoraEdgePlugin.Tick"/> when training has ended: adapted, cancelled or failed. Training can be started again in it.</summary>
    public event EventHandler<TrainingResult>? Completed;

    /// <summary>The name under which the profile was opened.</summary>
    public string Name { get; }

    /// <summary>The adapter in use; null for the frozen model. Changes in the background when training succeeds, before <see cref="Completed"/> tells.</summary>
    public Adapter? Adapter => _slot.Adapter;

    /// <summary>Interactions recorded since the profile was opened, without those that a training has dropped (<see cref="TrainingResult.RecordsDropped"/>).</summary>
    public int RecordCount => _log.Count;

    /// <summary>Whether training was started and <see cref="Completed"/> has not been raised for it yet.</summary>
    public bool IsTraining => Volatile.Read(ref _run) is not null;

    /// <summary>How far training is; all zero when it has not begun.</summary>
    public TrainingProgress TrainingProgress => Volatile.Read(ref _run)?.Progress ?? default;

    /// <summary>Remembers one thing that the player did. Never waits for training or for a disk.</summary>
    /// <param name="inputs">What the model saw: its inputs by name, without those that carry state, first axis 1. The tensors are kept and not to be changed any more.</param>
    /// <param name="target">What the player did.</param>
    /// <param name="weight">Weight of the record in training, 0 or more. Default: 1.</param>
    /// <exception cref="InvalidInputException">The record does not fit the model or the objective; it is not kept.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public void Record(IReadOnlyDictionary<string, HostTensor> inputs, Target target, float weight = 1f)
    {
        RequireOpen();
        _plugin.Records.Require(inputs, target, weight);
        _log.Append(new Interaction(Own(inputs), target, weight));
    }

    /// <summary>
    /// Remembers steps in a row, as one record, for a model that carries state from each to the next
    /// (<see cref="Objective.States"/>). Never waits for training or for a disk.
    /// </summary>
    /// <param name="steps">
    /// The steps in order, the state left out of their inputs; at least one with a target. <see cref="Episodes.Cut"/> makes
    /// sequences of a long recording. The tensors are kept and not to be changed any more.
    /// </param>
    /// <param name="weight">Factor on the weights of all steps, 0 or more. Default: 1.</param>
    /// <exception cref="InvalidInputException">A step does not fit the model or the objective, or none would be learned; nothing is kept.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public void RecordSequence(IReadOnlyList<Interaction> steps, float weight = 1f)
    {
        RequireOpen();
        Interaction record = Interaction.Sequence(steps, weight);
        _plugin.Records.Require(record);
        _log.Append(Interaction.Sequence([.. record.Steps.Select(step => step with { Inputs = Own(step.Inputs) })], weight));
    }

    /// <summary>Runs the model with this player's adapter, on the calling thread.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call.</param>
    /// <returns>The model's outputs by name.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public IReadOnlyDictionary<string, HostTensor> Infer(IReadOnlyDictionary<string, HostTensor> inputs) => _slot.Run(inputs);

    /// <summary>Runs the model with this player's adapter, on the calling thread, for one float32 output.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call.</param>
    /// <param name="output">Name of the output.</param>
    /// <param name="destination">Where its elements go, row-major; at least as long as the output.</param>
    /// <returns>Number of elements written.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model, or the output does not fit the call.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public int Infer(IReadOnlyDictionary<string, HostTensor> inputs, string output, Span<float> destination) => _slot.Run(inputs, output, destination);

    /// <summary>
    /// Begins to train an adapter on everything recorded so far, in the background; profiles wait for each other. The present
    /// adapter serves until the new one is stored, then the new one does.
    /// </summary>
    /// <param name="heldOutRecords">How many of the newest records decide when to stop and are not trained on. Default: <see cref="LoraEdgeOptions.HeldOutShare"/> of all.</param>
    /// <exception cref="InvalidInputException">Too few records to train on.</exception>
    /// <exception cref="InvalidOptionsException">The host only serves.</exception>
    /// <exception cref="InvalidOperationException">Training is going on already.</exception>
    /// <exception cref="ObjectDisposedException">The profile was disposed.</exception>
    public void StartTraining(int? heldOutRecords = null)
    {
        RequireOpen();
        var run = new TrainingRun(this, _plugin, _slot, _log, heldOutRecords);
        if (Interlocked.CompareExchange(ref _run, run, null) is not null)
            throw new InvalidOperationException($"The profile '{Name}' is training already; wait for {nameof(Completed)}.");
        try
        {
            _plugin.Enqueue(run);
        }
        catch
        {
            Volatile.Write(ref _run, null);
            throw;
        }
    }

    /// <summary>
    /// Asks training to end after the step in progress, or before it begins; <see cref="Completed"/> tells when it has, and
    /// whether an adapter was stored first. Does nothing when none goes on.
    /// </summary>
    public void CancelTraining()
    {
        if (Volatile.Read(ref _run) is { } run)
            _plugin.Cancel(run);
    }

    /// <summary>
    /// Cancels training, without waiting for it, and closes the profile. No event is raised afterwards, and no file of the
    /// profile's is written: an adapter that is being stored at this moment (a file of a few kilobytes) is waited for.
    /// </summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        TrainingRun? run = Volatile.Read(ref _run);
        CancelTraining();
        run?.WaitForAdoption();
        Volatile.Write(ref _run, null);
        _slot.Dispose();
        _plugin.Forget(this);
    }

    internal void RaiseProgress()
    {
        if (!_disposed && Volatile.Read(ref _run) is { } run)
            Progress?.Invoke(this, run.Progress);
    }

    internal void RaiseCompleted(TrainingResult result)
    {
        if (_disposed)
            return;
        Volatile.Write(ref _run, null);
        Completed?.Invoke(this, result);
    }

    /// <summary>The host may fill the same dictionary again for the next record.</summary>
    private static Dictionary<string, HostTensor> Own(IReadOnlyDictionary<string, HostTensor> inputs)
    {
        var own = new Dictionary<string, HostTensor>(inputs.Count, StringComparer.Ordinal);
        foreach (KeyValuePair<string, HostTensor> input in inputs)
            own.Add(input.Key, input.Value);
        return own;
    }

    private void RequireOpen()
    {
        if (_disposed)
            throw new ObjectDisposedException(nameof(Profile));
    }
}
