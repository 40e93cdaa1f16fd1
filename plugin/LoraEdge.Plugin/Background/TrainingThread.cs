namespace LoraEdge.Background;

/// <summary>The one thread on which a plugin trains, one profile after the other. Started by the first run; owns the trainer.</summary>
internal sealed class TrainingThread(IAdapterTrainer trainer)
{
    private readonly List<TrainingRun> _waiting = [];
    private readonly StepGate _steps = new();
    private Thread? _thread;
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
    }

    private TrainingRun? Next()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0 && !_stopped)
                Monitor.Wait(_waiting);
            if (_stopped)
                return null;
            TrainingRun next = _waiting[0];
            _waiting.RemoveAt(0);
            return next;
        }
    }
}
