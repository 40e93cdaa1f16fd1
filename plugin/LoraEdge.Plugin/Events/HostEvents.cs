using System.Collections.Concurrent;

namespace LoraEdge.Events;

/// <summary>
/// Carries news from the training thread to the host's, without a lock: the training thread, of low priority, could be
/// preempted while it holds one. Progress is coalesced: one entry per profile waits at most, and the host reads the latest
/// figures when it is raised.
/// </summary>
internal sealed class HostEvents
{
    private readonly ConcurrentQueue<(Profile Profile, TrainingResult? Result)> _queue = new();
    private readonly ConcurrentDictionary<Profile, bool> _progressing = new();

    /// <summary>A profile's training has come further.</summary>
    public void AddProgress(Profile profile)
    {
        if (_progressing.TryAdd(profile, true))
            _queue.Enqueue((profile, null));
    }

    /// <summary>A profile's training has ended.</summary>
    public void AddResult(Profile profile, TrainingResult result) => _queue.Enqueue((profile, result));

    /// <summary>Raises what has come up before the call, on the calling thread.</summary>
    public void Raise()
    {
        for (int waiting = _queue.Count; waiting > 0 && _queue.TryDequeue(out (Profile Profile, TrainingResult? Result) next); waiting--)
            Raise(next.Profile, next.Result);
    }

    private void Raise(Profile profile, TrainingResult? result)
    {
        if (result is not null)
        {
            profile.RaiseCompleted(result);
            return;
        }

        _progressing.TryRemove(profile, out _);
        profile.RaiseProgress();
    }
}
