namespace LoraEdge.Inference;

/// <summary>
/// Lets an object be disposed while other threads use it: what it holds is released when the owner has closed it and the
/// last use has ended. Lock-free.
/// </summary>
internal sealed class UseCount(Action release)
{
    // The owner counts as one use until it closes.
    private int _uses = 1;
    private int _closed;

    /// <summary>Begins a use; every success is followed by one <see cref="Leave"/>.</summary>
    /// <returns>False when the owner has closed.</returns>
    public bool TryEnter()
    {
        while (Volatile.Read(ref _closed) == 0)
        {
            int uses = Volatile.Read(ref _uses);
            if (uses == 0)
                return false;
            if (Interlocked.CompareExchange(ref _uses, uses + 1, uses) == uses)
                return true;
        }

        return false;
    }

    /// <summary>Ends a use.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
            release();
    }

    /// <summary>Ends the owner's use; further calls do nothing.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
            Leave();
    }
}
