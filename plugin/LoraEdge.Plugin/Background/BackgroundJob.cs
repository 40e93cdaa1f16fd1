namespace LoraEdge.Background;

/// <summary>Work of one profile in the background, in parts between which it can be paused, cancelled or moved to another thread.</summary>
internal abstract class BackgroundJob
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly ManualResetEventSlim _ended = new();

    /// <summary>Signalled once the job is to end.</summary>
    public CancellationToken Cancelled => _cancellation.Token;

    /// <summary>Asks the job to end before its next part; from any thread.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <summary>Whether the job goes before those that wait, and also while training is paused.</summary>
    public virtual bool IsUrgent => false;

    /// <summary>The work. Yields before each part what it is like. Disposed early when the job is cancelled.</summary>
    /// <param name="trainer">Trains; null in a host that only serves, which orders no training.</param>
    public abstract IEnumerator<JobPart> Run(IAdapterTrainer? trainer);

    /// <summary>Gives back the memory of all that the next part can make again: training is paused for a while.</summary>
    public abstract void ReleaseCaches();

    /// <summary>The job has ended, or was cancelled before it began.</summary>
    /// <param name="error">Why it failed; null when it did not.</param>
    /// <param name="isCancelled">Whether it was cancelled.</param>
    public void Finish(Exception? error, bool isCancelled)
    {
        End(error, isCancelled);
        _ended.Set();
    }

    /// <summary>Waits until it has ended: after a cancel, for a part in progress.</summary>
    public void WaitForEnd() => _ended.Wait();

    /// <summary>Tells of the end. Throws nothing: a host must not die of its training thread.</summary>
    protected abstract void End(Exception? error, bool isCancelled);
}
