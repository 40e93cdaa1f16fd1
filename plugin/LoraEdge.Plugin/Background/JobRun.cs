namespace LoraEdge.Background;

/// <summary>A job in progress: what is left of its work, and what its next part is like.</summary>
internal sealed class JobRun(BackgroundJob job, IAdapterTrainer? trainer) : IDisposable
{
    private readonly IEnumerator<JobPart> _work = job.Run(trainer);

    /// <summary>The job.</summary>
    public BackgroundJob Job => job;

    /// <summary>What the next part is like; null when nothing is left.</summary>
    public JobPart? Next { get; private set; } = JobPart.Preparation;

    /// <summary>Whether there is something left to do.</summary>
    public bool Goes => Next is not null && !job.Cancelled.IsCancellationRequested;

    /// <summary>Whether that is a slice.</summary>
    public bool HasSlice => Goes && Next == JobPart.Slice;

    /// <summary>Runs the next part.</summary>
    public void Advance() => Next = _work.MoveNext() ? _work.Current : null;

    /// <summary>Ends the work where it is.</summary>
    public void Dispose() => _work.Dispose();
}
