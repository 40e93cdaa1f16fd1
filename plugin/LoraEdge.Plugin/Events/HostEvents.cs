using System.Collections.Concurrent;

namespace LoraEdge.Events;

/// <summary>
/// Carries news from the training thread to the host's, without a lock: the training thread, of low priority, could be
/// preempted while it holds one. Progress is coalesced: one entry per profile waits at most, and the host reads the latest
/// figures when it is raised.
/// </summary>
internal sealed class HostEvents
{
    private readonly ConcurrentQueue<Action> _queue = new();
    private readonly ConcurrentDictionary<Profile, bool> _progressing = new();

    /// <summary>Something has happened that the host is to be told.</summary>
    /// <param name="raise">Tells it; called on the host's thread.</param>
    public void Add(Action raise) => _queue.Enqueue(raise);

    /// <summary>A profile's training has come further.</summary>
    public void AddProgress(Profile profile)
    {
        if (!_progressing.TryAdd(profile, true))
            return;
        Add(() =>
        {
            _progressing.TryRemove(profile, out _);
            profile.RaiseProgress();
        });
    }

    /// <summary>Raises what has come up before the call, on the calling thread.</summary>
    public void Raise()
    {
        for (int waiting = _queue.Count; waiting > 0 && _queue.TryDequeue(out Action? raise); waiting--)
            raise();
    }
}
