namespace LoraEdge.Background;

/// <summary>The one thread on which a plugin trains, one profile after the other. Started by the first run; owns the trainer.</summary>
/// <remarks>
/// The thread may outlive the plugin while it is in lengthy work, but not the process: a native library that is unloaded under
/// a thread which is still in it ends the process with an access violation instead of the host's exit code.
/// </remarks>
internal sealed class TrainingThread(IAdapterTrainer trainer)
{
    private static readonly TimeSpan s_longestExit = TimeSpan.FromSeconds(10);

    private readonly List<TrainingRun> _waiting = [];
    private readonly StepGate _steps = new();
    private Thread? _thread;
    private TrainingRun? _present;
    private bool _stopped;

    /// <exception cref="ObjectDisposedException">The thread was stopped.</exception>
    public void Enqueue(TrainingRun run)
    {
        lock (_waiting)
        {
            if (_stopped)
                throw new ObjectDisposedException(nameof(LoraEdgePlugin));
            _waiting.Add(run);
            Monitor.Pulse(_waiting);
            if (_thread is not null)
                return;
            AppDomain.CurrentDomain.ProcessExit += EndWithProcess;
            _thread = new Thread(Work) { Name = "LoraEdge training", IsBackground = true, Priority = ThreadPriority.BelowNormal };
            _thread.Start();
        }
    }

    /// <summary>Cancels a run: a waiting one at once, the one in progress before its next step.</summary>
    public void Cancel(TrainingRun run)
    {
        run.Cancel();
        bool waited;
        lock (_waiting)
            waited = _waiting.Remove(run);
        if (waited)
            run.ReportCancelled();
    }

    /// <summary>Ends the thread once its runs were cancelled; waits for a step in progress and for nothing longer.</summary>
    public void Stop()
    {
        Thread? thread;
        lock (_waiting)
        {
            _stopped = true;
            Monitor.Pulse(_waiting);
            thread = _thread;
        }

        if (thread is null)
            trainer.Dispose();
        else if (_steps.WaitForStep())
            thread.Join();
    }

    private void Work()
    {
        using (trainer)
        {
            while (Next() is { } run)
                run.Execute(trainer, _steps);
        }

        AppDomain.CurrentDomain.ProcessExit -= EndWithProcess;
    }

    private void EndWithProcess(object? sender, EventArgs e)
    {
        lock (_waiting)
        {
            _stopped = true;
            _present?.Cancel();
            Monitor.Pulse(_waiting);
        }

        _thread?.Join(s_longestExit);
    }

    private TrainingRun? Next()
    {
        lock (_waiting)
        {
            _present = null;
            while (_waiting.Count == 0 && !_stopped)
                Monitor.Wait(_waiting);
            if (_stopped)
                return null;
            _present = _waiting[0];
            _waiting.RemoveAt(0);
            return _present;
        }
    }
}
