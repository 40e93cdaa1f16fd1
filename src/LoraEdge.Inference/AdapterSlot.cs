namespace LoraEdge.Inference;

/// <summary>
/// What one player is served with: the base model, or a session with that player's adapter. Any number of threads run
/// inferences while another one publishes; each inference sees one adapter, whole.
/// </summary>
public sealed class AdapterSlot : IDisposable
{
    private readonly ServingModel _model;
    private readonly object _gate = new();
    private MergedSession? _current;

    internal AdapterSlot(ServingModel model)
    {
        _model = model;
        _current = model.Base;
    }

    /// <summary>The adapter in use; null for the base model.</summary>
    public Adapter? Adapter => Volatile.Read(ref _current)?.Adapter;

    /// <summary>Builds the session for an adapter on the calling thread, then swaps it in. On failure the present one stays.</summary>
    /// <param name="adapter">The adapter; null goes back to the base model.</param>
    /// <exception cref="AdapterMismatchException">The adapter is for another model, projection or shape, or makes a weight that is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The slot was disposed.</exception>
    public void Publish(Adapter? adapter) => Swap(adapter is null ? _model.Base : _model.Build(adapter));

    /// <summary>Swaps a session in: inferences that begin afterwards run on it, and the one in use before is disposed after its last.</summary>
    /// <param name="session">From <see cref="ServingModel.Build"/>; taken over, also when this fails. <see cref="ServingModel.Base"/> is only borrowed.</param>
    /// <exception cref="ObjectDisposedException">The slot was disposed.</exception>
    public void Swap(MergedSession session)
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
    }

    /// <summary>Computes every output; see <see cref="MergedSession.Run(IReadOnlyDictionary{string, HostTensor})"/>.</summary>
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

    /// <summary>Computes one float32 output into memory of the caller; see <see cref="MergedSession.Run(IReadOnlyDictionary{string, HostTensor}, string, Span{float})"/>.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call, and not to be changed during it.</param>
    /// <param name="output">Name of the output.</param>
    /// <param name="destination">Where its elements go, row-major; at least as long as the output.</param>
    /// <returns>Number of elements written.</returns>
    /// <exception cref="InvalidInputException">The inputs do not fit the model, or the output does not fit the call.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute the output.</exception>
    /// <exception cref="ObjectDisposedException">The slot or its model was disposed.</exception>
    public int Run(IReadOnlyDictionary<string, HostTensor> inputs, string output, Span<float> destination)
    {
        MergedSession? last = null;
        while (true)
        {
            if (Next(ref last).TryRun(inputs, output, destination, out int written))
                return written;
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
        return new InferenceCall(this, new CallBinding(own, outputs, _model.Base.LongestRun));
    }

    /// <summary>Runs a prepared call, by one thread at a time.</summary>
    internal void Run(CallBinding call)
    {
        MergedSession? last = null;
        while (!Next(ref last).TryRun(call))
        {
        }
    }

    /// <summary>Holds the session in use: what runs on it sees one adapter, whatever is published meanwhile.</summary>
    /// <returns>To be disposed after the last run.</returns>
    /// <exception cref="ObjectDisposedException">The slot or its model was disposed.</exception>
    internal HeldSession Hold()
    {
        MergedSession? last = null;
        while (true)
        {
            MergedSession session = Next(ref last);
            if (session.TryHold())
                return new HeldSession(session);
        }
    }

    /// <summary>Disposes the session in use after its last run. The model stays.</summary>
    public void Dispose()
    {
        lock (_gate)
            Replace(null);
    }

    private IReadOnlyDictionary<string, HostTensor> Run(IReadOnlyDictionary<string, HostTensor> inputs, CancellationToken cancelled)
    {
        MergedSession? last = null;
        while (true)
        {
            if (Next(ref last).TryRun(inputs, cancelled, out IReadOnlyDictionary<string, HostTensor>? outputs))
                return outputs;
        }
    }

    // A session that was retired between reading the reference and entering it is followed by another one; one that was
    // disposed without a successor means that the slot or the model is gone.
    private MergedSession Next(ref MergedSession? last)
    {
        MergedSession? current = Volatile.Read(ref _current);
        if (current is null || ReferenceEquals(current, last))
            throw new ObjectDisposedException(nameof(AdapterSlot));
        return last = current;
    }

    private void Replace(MergedSession? session)
    {
        MergedSession? previous = _current;
        Volatile.Write(ref _current, session);
        if (previous is not null && !ReferenceEquals(previous, session))
            Retire(previous);
    }

    private void Retire(MergedSession session)
    {
        if (!ReferenceEquals(session, _model.Base))
            session.Dispose();
    }
}
