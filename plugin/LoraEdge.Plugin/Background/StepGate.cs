namespace LoraEdge.Background;

/// <summary>
/// Where the training thread and whoever stops it meet. Stopping waits for a step in progress, and never for lengthy work
/// that cannot be interrupted (preparing a session, building one to serve).
/// </summary>
internal sealed class StepGate
{
    private readonly object _gate = new();
    private bool _lengthy;

    /// <summary>Runs one step, unless cancelled.</summary>
    /// <returns>Whether there is more to do.</returns>
    public bool Step(Func<bool> step, CancellationToken cancelled)
    {
        lock (_gate)
            return !cancelled.IsCancellationRequested && step();
    }

    /// <summary>Runs lengthy work.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before it began.</exception>
    public T Lengthy<T>(Func<T> work, CancellationToken cancelled)
    {
        lock (_gate)
        {
            cancelled.ThrowIfCancellationRequested();
            _lengthy = true;
        }

        try
        {
            return work();
        }
        finally
        {
            lock (_gate)
                _lengthy = false;
        }
    }

    /// <inheritdoc cref="Lengthy{T}"/>
    public void Lengthy(Action work, CancellationToken cancelled) => Lengthy(() => { work(); return true; }, cancelled);

    /// <summary>Waits for a step in progress. Called after everything was cancelled.</summary>
    /// <returns>Whether the training thread is about to end; false while it is in lengthy work.</returns>
    public bool WaitForStep()
    {
        lock (_gate)
            return !_lengthy;
    }
}
