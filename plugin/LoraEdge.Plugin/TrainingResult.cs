namespace LoraEdge;

/// <summary>How one training of a profile ended: with an adapter, with an error, or cancelled.</summary>
public sealed record TrainingResult
{
    /// <summary>The adapter that serves from now on, as it is stored; null when training failed or was cancelled, and the one before still serves.</summary>
    public Adapter? Adapter { get; init; }

    /// <summary>The adapter's file; null when nothing was stored.</summary>
    public string? FilePath { get; init; }

    /// <summary>Size of the adapter's file in bytes, also when the host stores none; 0 without an adapter.</summary>
    public long Bytes { get; init; }

    /// <summary>Time from the start of training, not counting the wait for other profiles, to the swap.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Why training failed; null when it did not.</summary>
    public Exception? Error { get; init; }

    /// <summary>
    /// Records that training found not to fit what the model computes, and that <see cref="Profile.Record"/> could not tell
    /// since the model does not declare it. The profile has dropped them and training went on without them. Default: 0.
    /// </summary>
    public int RecordsDropped { get; init; }

    /// <summary>What is wrong with the first of them; null when none was dropped.</summary>
    public string? DropReason { get; init; }

    /// <summary>Whether training was cancelled.</summary>
    public bool IsCancelled { get; init; }
}
