namespace LoraEdge;

/// <summary>The thread that stores what waits, several times within the declared interval.</summary>
internal sealed class LogWriter : IDisposable
{
    // Short enough for a thousand records a second to need little memory, long enough to cost nothing.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Action _turn;
    private readonly TimeSpan _pause;
    private readonly Thread _thread;
    private int _woken;
    private volatile bool _ends;

    public LogWriter(Action turn, TimeSpan interval)
    {
        _turn = turn;
        _pause = interval < LongestPause ? interval : LongestPause;
        _thread = new Thread(Run) { IsBackground = true, Name = "LoraEdge log" };
        _thread.Start();
    }

    /// <summary>Ends a pause. Only the first call of a pause costs anything.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _woken) == 0 && Interlocked.Exchange(ref _woken, 1) == 0)
            _wake.Set();
    }

    /// <summary>Returns when the thread has ended.</summary>
    public void Dispose()
    {
        _ends = true;
        _wake.Set();
        _thread.Join();
        // The event is left to the garbage collector: another thread may be appending still.
    }

    private void Run()
    {
        while (!_ends)
        {
            _wake.WaitOne(_pause);
            Volatile.Write(ref _woken, 0);
            _turn();
        }
    }
}
