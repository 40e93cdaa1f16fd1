namespace LoraEdge.Inference;

/// <summary>
/// One adapter, or the base, ready to run: merged into a session of its own, merged in place, or attached
/// (<see cref="ServingMode"/>). Runs on any thread, several at a time.
/// </summary>
public abstract class ServingSession : IDisposable
{
    private readonly SessionRunner _runner;
    private readonly UseCount _uses;

    /// <param name="runner">What runs it.</param>
    private protected ServingSession(SessionRunner runner)
    {
        _runner = runner;
        _uses = new UseCount(Release);
    }

    /// <summary>The adapter that it serves; null for the base model and for weights of another origin.</summary>
    public Adapter? Adapter { get; internal init; }

    /// <summary>Whether it belongs to its <see cref="ServingModel"/>, which disposes it.</summary>
    internal bool IsBase { get; init; }

    /// <summary>How the adapter is served.</summary>
    public abstract ServingMode Mode { get; }

    /// <summary>The execution provider that runs it, and why those that were preferred do not.</summary>
    public ProviderChoice Provider => _runner.Provider;

    /// <summary>
    /// What <see cref="Run(IReadOnlyDictionary{string, HostTensor})"/> computes: the model's outputs whose type a
    /// <see cref="HostTensor"/> can hold, in the model's order.
    /// </summary>
    public IReadOnlyList<string> OutputNames => _runner.OutputNames;

    /// <summary>How long a run of a model with loops may take; null for other models.</summary>
    internal TimeSpan? LongestRun => _runner.LongestRun;

    /// <summary>Computes every output.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call, and not to be changed during it.</param>
    /// <returns>The outputs by name, in memory of their own.</returns>
    /// <exception cref="DeviceLostException">The device that it runs on went away.</exception>
    /// <exception cref="InvalidInputException">The inputs do not fit the model.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute an output.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public IReadOnlyDictionary<string, HostTensor> Run(IReadOnlyDictionary<string, HostTensor> inputs)
    {
        using ServingUse use = Enter();
        return use.Run(inputs);
    }

    /// <summary>Computes one float32 output into memory of the caller.</summary>
    /// <param name="inputs">The model's inputs by name; borrowed for the call, and not to be changed during it.</param>
    /// <param name="output">Name of the output.</param>
    /// <param name="destination">Where its elements go, row-major; at least as long as the output.</param>
    /// <returns>Number of elements written.</returns>
    /// <exception cref="DeviceLostException">The device that it runs on went away.</exception>
    /// <exception cref="InvalidInputException">The inputs do not fit the model, or the output does not fit the call.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime did not compute the output.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public int Run(IReadOnlyDictionary<string, HostTensor> inputs, string output, Span<float> destination)
    {
        using ServingUse use = Enter();
        return use.Run(inputs, output, destination);
    }

    /// <summary>Releases it, as soon as the runs in progress on other threads have ended.</summary>
    public void Dispose() => _uses.Close();

    /// <summary>Begins a use; false when the session was disposed.</summary>
    internal bool TryEnter(out ServingUse use)
    {
        use = default;
        if (!_uses.TryEnter())
            return false;
        if (EnterFeed() is { } feed)
        {
            use = new ServingUse(this, _runner, feed);
            return true;
        }

        _uses.Leave();
        return false;
    }

    /// <summary>Ends a use.</summary>
    internal void Leave() => _uses.Leave();

    /// <summary>What a run that begins now is fed, which is told by <see cref="Feed.Leave"/> when it ends; null where that is gone.</summary>
    private protected virtual Feed? EnterFeed() => Feed.None;

    /// <summary>Called once, after the last use.</summary>
    private protected abstract void Release();

    private ServingUse Enter() => TryEnter(out ServingUse use) ? use : throw new ObjectDisposedException(GetType().Name);
}
