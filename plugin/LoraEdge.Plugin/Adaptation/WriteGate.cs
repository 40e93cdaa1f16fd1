namespace LoraEdge.Adaptation;

/// <summary>
/// What the background writes of a profile goes through here: once the profile is closed, no file of it changes any more, and
/// one that is opened under the same name has the files for itself.
/// </summary>
internal sealed class WriteGate
{
    private readonly object _gate = new();
    private bool _isClosed;

    /// <summary>Writes something.</summary>
    /// <exception cref="OperationCanceledException">The profile was closed.</exception>
    public void Write(Action write) => Write(() =>
    {
        write();
        return true;
    });

    /// <summary>Writes something, and tells about it.</summary>
    /// <exception cref="OperationCanceledException">The profile was closed.</exception>
    public T Write<T>(Func<T> write)
    {
        lock (_gate)
            return _isClosed ? throw new OperationCanceledException("The profile was closed.") : write();
    }

    /// <summary>Lets nobody in any more, and waits for who is inside.</summary>
    public void Close()
    {
        lock (_gate)
            _isClosed = true;
    }
}
