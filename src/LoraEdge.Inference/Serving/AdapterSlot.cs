namespace LoraEdge.Inference;

/// <summary>
/// What one player is served with: the base model, or a session with that player's adapter. Any number of threads run
/// inferences while another one publishes; each inference sees one adapter, whole.
/// </summary>
public sealed class AdapterSlot : IDisposable
{
    private readonly ISlotOwner _owner;
    private readonly object _gate = new();
    private ServingSession? _current;
    private AttachedPlayer? _player;

    /// <param name="owner">Who opens it.</param>
    internal AdapterSlot(ISlotOwner owner)
    {
        _owner = owner;
        _current = owner.Model.Base;
    }

    /// <summary>The adapter in use; null for the base model.</summary>
    public Adapter? Adapter => Volatile.Read(ref _current)?.Adapter;

    /// <summary>How the adapter is served; null without one.</summary>
    public ServingMode? Mode => Volatile.Read(ref _current) is { Adapter: not null } session ? session.Mode : null;

    /// <summary>What rounding did to the adapter in use, by layer of 16 bits; empty where it is not merged into any.</summary>
    public IReadOnlyList<RoundingLoss> Losses => Volatile.Read(ref _current) is MergedSession merged ? merged.Losses : [];

    /// <summary>Who opened it.</summary>
    internal ISlotOwner Owner => _owner;

    /// <summary>Its uses so far.</summary>
    internal SlotUse Use { get; } = new();

    /// <summary>What serves; null when the slot was disposed.</summary>
    internal ServingSession? Current => Volatile.Read(ref _current);

    /// <summary>Builds the session for an adapter on the calling thread, then swaps it in. On failure the present one stays.</summary>
    /// <param name="adapter">The adapter; null goes back to the base model.</param>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection or shape, or makes a weight that is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The slot was disposed.</exception>
    public void Publish(Adapter? adapter) => Swap(Build(adapter));

    /// <summary>Swaps a session in: inferences that begin afterwards run on it, and the one in use before is disposed after its last.</summary>
    /// <param name="session">From <see cref="ServingModel.Build(Adapter)"/> or <see cref="AdapterServer.Build"/>; taken over, also when this fails. <see cref="ServingModel.Base"/> is only borrowed.</param>
    /// <exception cref="ObjectDisposedException">The slot was disposed.</exception>
    public void Swap(ServingSession session)
    {
        lock (_gate)
        {
            if (_current is null)
            {
                Retire(session);
                throw new ObjectDisposedException(nameof(AdapterSlot));
            }

            Replace(session);
        }

        ServingMetrics.AddSwap(session.Mode);
    }

    /// <summary>Computes every output; see <see cref="ServingSession.Run(IReadOnlyDictionary{string, HostTensor})"/>.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call, and not to be changed during it.</param>
    /// <returns>The outputs by name, in memory of their own.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute an output.</exception>
    /// <exception cref="ObjectDisposedException">The slot or its model was disposed.</exception>
    public IReadOnlyDictionary<string, HostTensor> Run(IReadOnlyDictionary<string, HostTensor> inputs) => Run(inputs, CancellationToken.None);

    /// <summary>The same on a thread of the pool.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed until the task has ended, and not to be changed before.</param>
    /// <param name="cancelled">Ends the run between two nodes of the model, or before it begins.</param>
    /// <returns>The outputs by name, in memory of their own; the task fails as <see cref="Run(IReadOnlyDictionary{string, HostTensor})"/> does.</returns>
    public Task<IReadOnlyDictionary<string, HostTensor>> RunAsync(IReadOnlyDictionary<string, HostTensor> inputs, CancellationToken cancelled = default) =>
        Task.Run(() => Run(inputs, cancelled), cancelled);

    /// <summary>Computes one float32 output into memory of the caller; see <see cref="ServingSession.Run(IReadOnlyDictionary{string, HostTensor}, string, Span{float})"/>.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call, and not to be changed during it.</param>
    /// <param name="output">Name of the output.</param>
    /// <param name="destination">Where its elements go, row-major; at least as long as the output.</param>
    /// <returns>Number of elements written.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model, or the output does not fit the call.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute the output.</exception>
    /// <exception cref="ObjectDisposedException">The slot or its model was disposed.</exception>
    public int Run(IReadOnlyDictionary<string, HostTensor> inputs, string output, Span<float> destination)
    {
        while (true)
        {
            using TimedUse timed = Time();
            try
            {
                return timed.Use.Run(inputs, output, destination);
            }
            catch (DeviceLostException lost)
            {
                Recover(timed.Use.Session, lost);
            }
        }
    }

    /// <summary>Prepares inferences of one shape that make no garbage; runs once, on the calling thread.</summary>
    /// <param name="inputs">The model's inputs by name, of the shapes that all runs will have; their values are copied, for a start.</param>
    /// <exception cref="InvalidInputException">The inputs do not fit the model.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute an output.</exception>
    /// <exception cref="ObjectDisposedException">The slot or its model was disposed.</exception>
    public InferenceCall Prepare(IReadOnlyDictionary<string, HostTensor> inputs)
    {
        IReadOnlyDictionary<string, HostTensor> outputs = Run(inputs);
        Dictionary<string, HostTensor> own = inputs.ToDictionary(
            input => input.Key, input => new HostTensor(input.Value.ElementType, [.. input.Value.Shape], [.. input.Value.Bytes]), StringComparer.Ordinal);
        return new InferenceCall(this, new CallBinding(own, outputs, _owner.Model.Base.LongestRun));
    }

    /// <summary>Runs a prepared call, by one thread at a time.</summary>
    internal void Run(CallBinding call)
    {
        while (true)
        {
            using TimedUse timed = Time();
            try
            {
                timed.Use.Run(call);
                return;
            }
            catch (DeviceLostException lost)
            {
                Recover(timed.Use.Session, lost);
            }
        }
    }

    /// <summary>Begins a use of the session in use: what runs on it sees one adapter, whatever is published meanwhile.</summary>
    /// <returns>To be disposed after the last run.</returns>
    /// <exception cref="ObjectDisposedException">The slot or its model was disposed.</exception>
    internal ServingUse Enter()
    {
        // A session that was retired between reading the reference and entering it is followed by another one; one that was
        // disposed without a successor means that the slot or the model is gone.
        ServingSession? last = null;
        while (true)
        {
            ServingSession? current = Volatile.Read(ref _current);
            if (current is null || ReferenceEquals(current, last))
                throw new ObjectDisposedException(nameof(AdapterSlot));
            if (current.TryEnter(out ServingUse use))
                return use;
            last = current;

            // The model has another base since it lost a device.
            if (current.IsBase && !ReferenceEquals(current, _owner.Model.Base))
                TryExchange(current, _owner.Model.Base);
        }
    }

    /// <summary>Swaps a session in that serves the same adapter in another way, unless another one was published meanwhile.</summary>
    /// <param name="present">What it takes the place of.</param>
    /// <param name="session">Taken over, also when this fails.</param>
    /// <returns>False when the present one is not in use any more.</returns>
    internal bool TryExchange(ServingSession present, ServingSession session)
    {
        lock (_gate)
        {
            bool isPresent = ReferenceEquals(_current, present);
            if (isPresent)
                Replace(session);
            else
                Retire(session);
            return isPresent;
        }
    }

    /// <summary>The player of the adapter in use in the tables of a session; who is served otherwise is put there.</summary>
    /// <param name="session">The session, of the same owner.</param>
    /// <returns>Null for the base. It stays until another adapter is published, or the slot is disposed.</returns>
    /// <exception cref="AdapterMismatchException">The adapter is of another form than the tables.</exception>
    /// <exception cref="ObjectDisposedException">The slot was disposed.</exception>
    internal AttachedPlayer? PlayerIn(AttachedSession session)
    {
        lock (_gate)
        {
            ServingSession current = _current ?? throw new ObjectDisposedException(nameof(AdapterSlot));
            if (current.IsBase)
                return null;
            if (current is AttachedPlayer attached && ReferenceEquals(attached.Session, session))
                return attached;
            Adapter adapter = current.Adapter ?? throw new AdapterMismatchException("Weights that are no adapter's cannot be served in a batch with others. Run the slot alone.");
            if (_player is not { } player || !ReferenceEquals(player.Session, session))
            {
                player = session.Open(adapter);
                _player?.Dispose();
                _player = player;
            }

            return player;
        }
    }

    /// <summary>Disposes the session in use after its last run. The model stays.</summary>
    public void Dispose()
    {
        lock (_gate)
            Replace(null);
        _owner.Closed(this);
    }

    private TimedUse Time()
    {
        if (Use.Add())
            _owner.IsUsed(this);
        return new TimedUse(Enter());
    }

    private IReadOnlyDictionary<string, HostTensor> Run(IReadOnlyDictionary<string, HostTensor> inputs, CancellationToken cancelled)
    {
        while (true)
        {
            using TimedUse timed = Time();
            try
            {
                return timed.Use.Run(inputs, cancelled);
            }
            catch (DeviceLostException lost)
            {
                Recover(timed.Use.Session, lost);
            }
        }
    }

    /// <summary>Goes on without the device: with the same adapter on the CPU.</summary>
    internal void Recover(ServingSession failed, DeviceLostException lost)
    {
        _owner.Model.LeaveDevice(failed.Provider.InUse, lost);
        TryExchange(failed, Build(failed.Adapter));
    }

    // A device may be lost while the session is built and tried, too.
    private ServingSession Build(Adapter? adapter)
    {
        while (adapter is not null)
        {
            ProviderOptions device = _owner.Model.Provider.InUse;
            try
            {
                return _owner.Build(adapter);
            }
            catch (DeviceLostException lost)
            {
                _owner.Model.LeaveDevice(device, lost);
            }
        }

        return _owner.Model.Base;
    }

    private void Replace(ServingSession? session)
    {
        ServingSession? previous = _current;
        Volatile.Write(ref _current, session);
        if (previous is not null && !ReferenceEquals(previous, session))
            Retire(previous);

        // Of use for batches as long as the same adapter serves in another way.
        if (_player is { } player && (session is AttachedPlayer || !ReferenceEquals(session?.Adapter, player.Adapter)))
        {
            player.Dispose();
            _player = null;
        }
    }

    private static void Retire(ServingSession session)
    {
        if (!session.IsBase)
            session.Dispose();
    }
}
