namespace LoraEdge.Background;

/// <summary>
/// Where the training thread and whoever stops it meet. Stopping waits for a step in progress, and never for lengthy work
/// that cannot be interrupted (preparing a session, building one to serve).
/// </summary>
internal sealed class StepGate
{
    private readonly object _gate = new();
    private bool _lengthy;

    /// <summary>Runs one slice, unless cancelled.</summary>
    public void Step(Action slice, CancellationToken cancelled)
    {
        lock (_gate)
        {
            if (!cancelled.IsCancellationRequested)
                slice();
        }
    }

    /// <summary>Runs lengthy work, unless cancelled.</summary>
    public void Lengthy(Action work, CancellationToken cancelled)
    {
        lock (_gate)
        {
            if (cancelled.IsCancellationRequested)
                return;
            _lengthy = true;
        }

        try
        {
            work();
        }
        finally
        {
            lock (_gate)
                _lengthy = false;
        }
    }

    /// <summary>Waits for a step in progress. Called after everything was cancelled.</summary>
    /// <returns>Whether the training thread is about to end; false while it is in lengthy work.</returns>
    public bool WaitForStep()
    {
        lock (_gate)
            return !_lengthy;
    }
}
