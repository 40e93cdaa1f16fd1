namespace LoraEdge.Inference;

/// <summary>One thread's turn on what only one may use at a time; the others wait. Makes no garbage.</summary>
internal readonly struct Turn : IDisposable
{
    private readonly object? _gate;

    /// <summary>Waits for the turn.</summary>
    /// <param name="gate">What is waited for; null where any number of threads may go on.</param>
    public Turn(object? gate)
    {
        _gate = gate;
        if (gate is not null)
            Monitor.Enter(gate);
    }

    /// <summary>Ends the turn.</summary>
    public void Dispose()
    {
        if (_gate is not null)
            Monitor.Exit(_gate);
    }
}
