namespace Rival.Play;

/// <summary>Work that would take longer than a frame may: it runs on the pool, and what follows from it in a later frame, on the loop's thread.</summary>
internal sealed class LoopTasks
{
    private readonly List<(Task<Action> Work, Action<Exception> Failed)> _running = [];

    /// <summary>Begins some work.</summary>
    /// <param name="work">Runs on the pool; what it returns runs on the loop's thread.</param>
    /// <param name="failed">Runs on the loop's thread when either has failed.</param>
    public void Start(Func<Action> work, Action<Exception> failed) => _running.Add((Task.Run(work), failed));

    /// <summary>Goes on with what is done. Called in every frame.</summary>
    public void Poll()
    {
        for (int i = 0; i < _running.Count; i++)
        {
            (Task<Action> work, Action<Exception> failed) = _running[i];
            if (!work.IsCompleted)
                continue;
            _running.RemoveAt(i--);
            try
            {
                work.GetAwaiter().GetResult()();
            }
            catch (Exception error)
            {
                failed(error);
            }
        }
    }

    /// <summary>Waits for all that runs and does nothing with it.</summary>
    public void Drain()
    {
        foreach ((Task<Action> work, _) in _running)
            work.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        _running.Clear();
    }
}
