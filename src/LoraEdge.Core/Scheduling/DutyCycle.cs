namespace LoraEdge;

/// <summary>
/// How much of its time the training thread may work, so that the host's frames stay on time: the share rises by a fixed
/// amount after every window of frames whose 95th percentile is at most a set share above that of untrained frames, and is
/// halved after one that is slower. Additive increase, multiplicative decrease: Chiu and Jain 1989,
/// doi:10.1016/0169-7552(89)90019-6. Untrained frames are those in which training had nothing to do; when there were none for
/// a while, training pauses for a window.
/// </summary>
/// <remarks>
/// Only the host's thread changes anything here, and it never waits: a thread of low priority that is preempted while it holds
/// a lock would hold up the frame. The training thread reads <see cref="Share"/> and tells when it works.
/// </remarks>
internal sealed class DutyCycle
{
    private const int WindowFrames = 60;
    private const int BaselinesKept = 5;
    private const double Increase = 0.1;
    private const double Decrease = 0.5;
    private const double FirstShare = 0.2;
    private const double LeastShare = 0.02;
    private static readonly TimeSpan s_baselineAge = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(1);

    private readonly double _allowedRise;
    private readonly FrameWindow _trained = new(WindowFrames);
    private readonly FrameWindow _untrained = new(WindowFrames);
    private readonly Queue<double> _baselines = new(BaselinesKept + 1);
    private readonly double[] _sorted = new double[BaselinesKept + 1];
    private TimeSpan _baselineAt;
    private TimeSpan _pausedAt;
    private bool _wasWorking;
    private bool _isPaused;
    private double _resumedShare;
    private double _share = FirstShare;
    private long _lastFrame = long.MinValue;
    private volatile bool _isWorking;

    /// <param name="allowedRise">Share by which the 95th percentile may be above the untrained one's, 0.05 for 5%.</param>
    public DutyCycle(double allowedRise) => _allowedRise = allowedRise;

    /// <summary>95th percentile of the untrained frames' work in seconds; NaN until a window of them was seen.</summary>
    public double Baseline { get; private set; } = double.NaN;

    /// <summary>Whether the host has ever reported a frame; from any thread.</summary>
    public bool HasFrames => Interlocked.Read(ref _lastFrame) != long.MinValue;

    /// <summary>Whether the training thread is at work or in one of its own pauses between two slices; false when it has nothing to do.</summary>
    public bool IsWorking
    {
        get => _isWorking;
        set => _isWorking = value;
    }

    /// <summary>The share of its time that the training thread may work at this moment: 0 to 1; 1 when the host reports no frames.</summary>
    /// <param name="now">The present time.</param>
    public double Share(TimeSpan now)
    {
        long last = Interlocked.Read(ref _lastFrame);
        return last == long.MinValue || now.Ticks - last > s_silence.Ticks ? 1 : Volatile.Read(ref _share);
    }

    /// <summary>Takes in one frame of the host. Called by the host's thread alone.</summary>
    /// <param name="work">CPU time of the frame's work.</param>
    /// <param name="now">The present time.</param>
    public void AddFrame(TimeSpan work, TimeSpan now)
    {
        bool isWorking = _isWorking, wasUntrained = !isWorking && !_wasWorking;
        _wasWorking = isWorking;
        Interlocked.Exchange(ref _lastFrame, now.Ticks);
        if (wasUntrained)
            AddUntrained(work.TotalSeconds, now);
        else if (!_isPaused)
            AddTrained(work.TotalSeconds, now);
        else if (now - _pausedAt > s_longestPause)
            EndPause(now);
    }

    private void AddUntrained(double work, TimeSpan now)
    {
        _trained.Clear();
        if (_untrained.Add(work) is not { } quantile)
            return;
        _baselines.Enqueue(quantile);
        if (_baselines.Count > BaselinesKept)
            _baselines.Dequeue();
        Baseline = Median();
        EndPause(now);
    }

    private void AddTrained(double work, TimeSpan now)
    {
        if (double.IsNaN(Baseline) || now - _baselineAt > s_baselineAge)
        {
            BeginPause(now);
            return;
        }

        if (_trained.Add(work) is not { } quantile)
            return;
        double share = _share;
        Volatile.Write(ref _share, quantile > Baseline * (1 + _allowedRise) ? Math.Max(LeastShare, share * Decrease) : Math.Min(1, share + Increase));
    }

    private void BeginPause(TimeSpan now)
    {
        (_isPaused, _pausedAt, _resumedShare) = (true, now, _share);
        _untrained.Clear();
        Volatile.Write(ref _share, 0);
    }

    private void EndPause(TimeSpan now)
    {
        _baselineAt = now;
        if (!_isPaused)
            return;
        _isPaused = false;
        _trained.Clear();
        Volatile.Write(ref _share, _resumedShare);
    }

    /// <summary>Of the baselines; allocates nothing.</summary>
    private double Median()
    {
        _baselines.CopyTo(_sorted, 0);
        Array.Sort(_sorted, 0, _baselines.Count);
        return _sorted[_baselines.Count / 2];
    }
}
