using System.Runtime.ExceptionServices;

namespace LoraEdge.Background;

/// <summary>Slices of one job that the host's thread may run, one at a time, until it has run them all, declines them, or they are withdrawn.</summary>
internal sealed class SliceOffer(JobRun run) : IDisposable
{
    private const int Idle = 0;
    private const int InSlice = 1;
    private const int Closed = 2;

    private readonly ManualResetEventSlim _closed = new();
    private ExceptionDispatchInfo? _failure;
    private int _state;

    /// <summary>Runs one slice. Called by the host's thread.</summary>
    /// <returns>False when there is none to run any more.</returns>
    public bool TryRun()
    {
        if (Interlocked.CompareExchange(ref _state, InSlice, Idle) != Idle)
            return false;
        try
        {
            run.Advance();
        }
        catch (Exception error)
        {
            _failure = ExceptionDispatchInfo.Capture(error);
        }

        bool isOver = _failure is not null || !run.HasSlice;
        Volatile.Write(ref _state, isOver ? Closed : Idle);
        if (isOver)
            _closed.Set();
        return true;
    }

    /// <summary>Gives the slices back. Called by the host's thread.</summary>
    public void Decline()
    {
        if (Interlocked.CompareExchange(ref _state, Closed, Idle) == Idle)
            _closed.Set();
    }

    /// <summary>Waits until the slices have run, were declined or the job is cancelled, and for a slice that is in progress then. Throws what a slice threw.</summary>
    public void Wait()
    {
        WaitHandle.WaitAny([_closed.WaitHandle, run.Job.Cancelled.WaitHandle]);
        while (Interlocked.CompareExchange(ref _state, Closed, Idle) == InSlice)
            Thread.Sleep(1);
        _failure?.Throw();
    }

    /// <inheritdoc />
    public void Dispose() => _closed.Dispose();
}
