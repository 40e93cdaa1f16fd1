namespace LoraEdge.Events;

/// <summary>
/// Carries news from the training thread to the host's. Progress is coalesced: one entry per profile waits at most, and the
/// host reads the latest figures when it is raised.
/// </summary>
internal sealed class HostEvents
{
    private readonly object _gate = new();
    private readonly Queue<(Profile Profile, TrainingResult? Result)> _queue = new();
    private readonly HashSet<Profile> _progressing = [];

    /// <summary>A profile's training has come further.</summary>
    public void AddProgress(Profile profile)
    {
        lock (_gate)
        {
            if (_progressing.Add(profile))
                _queue.Enqueue((profile, null));
        }
    }

    /// <summary>A profile's training has ended.</summary>
    public void AddResult(Profile profile, TrainingResult result)
    {
        lock (_gate)
            _queue.Enqueue((profile, result));
    }

    /// <summary>Raises what has come up before the call, on the calling thread.</summary>
    public void Raise()
    {
        int waiting;
        lock (_gate)
            waiting = _queue.Count;
        while (waiting-- > 0 && Next() is { } next)
        {
            if (next.Result is { } result)
                next.Profile.RaiseCompleted(result);
            else
                next.Profile.RaiseProgress();
        }
    }

    private (Profile Profile, TrainingResult? Result)? Next()
    {
        lock (_gate)
        {
            if (_queue.Count == 0)
                return null;
            (Profile Profile, TrainingResult? Result) next = _queue.Dequeue();
            if (next.Result is null)
                _progressing.Remove(next.Profile);
            return next;
        }
    }
}
