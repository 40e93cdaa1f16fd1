namespace LoraEdge.Background;

/// <summary>The one thread on which a plugin trains, one job after the other. Started by the first one; owns the trainer, if there is one.</summary>
/// <remarks>
/// The thread may outlive the plugin while it is in lengthy work, but not the process: a native library that is unloaded under
/// a thread which is still in it ends the process with an access violation instead of the host's exit code.
/// </remarks>
internal sealed class TrainingThread(IAdapterTrainer? trainer, ScheduleOptions options, Action<TimeSpan> sliceRun)
{
    /// <summary>Slices that the training thread runs itself before the host does: the first of a shape takes far longer.</summary>
    private const int WarmUpSlices = 3;

    private static readonly TimeSpan s_longestExit = TimeSpan.FromSeconds(10);

    private readonly List<BackgroundJob> _waiting = [];
    private readonly StepGate _steps = new();
    private readonly HostSlices _hostSlices = new(options.Clock, sliceRun);
    private Thread? _thread;
    private BackgroundJob? _present;
    private bool _stopped;
    private bool _givesWay;

    /// <summary>When slices run.</summary>
    public TrainingSchedule Schedule { get; } = new(options);

    /// <summary>Has a job done after those that wait.</summary>
    /// <exception cref="ObjectDisposedException">The thread was stopped.</exception>
    public void Enqueue(BackgroundJob job)
    {
        lock (_waiting)
        {
            if (_stopped)
                throw new ObjectDisposedException(nameof(LoraEdgePlugin));
            _waiting.Insert(job.IsUrgent ? 0 : _waiting.Count, job);
            Monitor.Pulse(_waiting);
            if (_thread is not null)
                return;
            AppDomain.CurrentDomain.ProcessExit += EndWithProcess;
            _thread = new Thread(Work) { Name = "LoraEdge training", IsBackground = true, Priority = ThreadPriority.Lowest };
            _thread.Start();
        }
    }

    /// <summary>Cancels a job: a waiting one at once, the one in progress before its next part.</summary>
    public void Cancel(BackgroundJob job)
    {
        job.Cancel();
        bool waited;
        lock (_waiting)
            waited = _waiting.Remove(job);
        if (waited)
            job.Finish(null, isCancelled: true);
    }

    /// <summary>Runs slices on the calling thread, the host's, as far as they fit into a budget and the schedule allows.</summary>
    public TickResult RunSlices(TimeSpan budget) => Schedule.Share is > 0 and var share ? _hostSlices.Run(budget, share) : default;

    /// <summary>Ends the thread once its jobs were cancelled; waits for a slice in progress and for nothing longer.</summary>
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
            trainer?.Dispose();
        else if (_steps.WaitForStep())
            thread.Join();
    }

    private void Work()
    {
        LowPriority.Apply();
        using (trainer)
        {
            while (Next() is { } job)
            {
                Execute(job);
                Schedule.Idle();
            }
        }

        AppDomain.CurrentDomain.ProcessExit -= EndWithProcess;
    }

    private void Execute(BackgroundJob job)
    {
        try
        {
            using var run = new JobRun(job, trainer);
            Drive(run);
            job.Finish(null, isCancelled: run.Next is not null);
        }
        catch (OperationCanceledException) when (job.Cancelled.IsCancellationRequested)
        {
            job.Finish(null, isCancelled: true);
        }
        catch (Exception error)
        {
            job.Finish(error, isCancelled: false);
        }
    }

    private void Drive(JobRun run)
    {
        int slices = 0;
        while (run.Goes)
        {
            if (!run.Job.IsUrgent)
                Schedule.WaitForTurn(run.Job);
            if (!run.Goes)
                break;
            if (run.Next == JobPart.Preparation)
                slices = 0;
            if (run.Next != JobPart.Slice)
                _steps.Lengthy(run.Advance, run.Job.Cancelled);
            else if (options.Mode != ScheduleMode.Cooperative || slices < WarmUpSlices)
                WarmUp(run, ++slices);
            else if (!_hostSlices.RunAll(run))
                _hostSlices.LearnAgain(RunSlice(run));
        }
    }

    private void WarmUp(JobRun run, int number)
    {
        TimeSpan duration = RunSlice(run);
        if (number == WarmUpSlices)
            _hostSlices.Learn(duration);
    }

    private TimeSpan RunSlice(JobRun run)
    {
        if (!_givesWay && Schedule.HasFrames)
            _givesWay = LowPriority.GiveWay();
        TimeSpan start = options.Clock.Elapsed;
        _steps.Step(run.Advance, run.Job.Cancelled);
        TimeSpan duration = options.Clock.Elapsed - start;
        sliceRun(duration);
        Schedule.Rest(run.Job, duration);
        return duration;
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

    private BackgroundJob? Next()
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
