namespace LoraEdge;

/// <summary>
/// How long the next slice will take: a high quantile of the last ones, so that a budget is rarely overrun. An estimate that
/// keeps slices from running shrinks little by little towards their median, or one slow slice would end training for good.
/// </summary>
internal sealed class SliceEstimate
{
    private const int Kept = 64;
    private const double Quantile = 0.97;
    private const double Margin = 1.05;
    private const double Shrink = 0.98;

    private readonly double[] _seconds = new double[Kept];
    private readonly double[] _sorted = new double[Kept];
    private int _count;
    private int _next;
    private double _estimate;

    /// <summary>The estimate; zero before the first slice.</summary>
    public TimeSpan Next => TimeSpan.FromSeconds(_estimate);

    private double Median => _count == 0 ? 0 : _sorted[_count / 2];

    /// <summary>Takes in how long a slice took.</summary>
    public void Add(TimeSpan duration)
    {
        _seconds[_next] = duration.TotalSeconds;
        _next = (_next + 1) % Kept;
        _count = Math.Min(_count + 1, Kept);
        Array.Copy(_seconds, _sorted, _count);
        Array.Sort(_sorted, 0, _count);
        _estimate = _sorted[(int)Math.Ceiling(Quantile * (_count - 1))] * Margin;
    }

    /// <summary>
    /// Takes in how long a slice took on a thread of low priority, which may have waited for the processor all the while. Where
    /// nothing else is known it is a mere guess: the estimate starts there and shrinks as far as it has to.
    /// </summary>
    public void Guess(TimeSpan duration)
    {
        if (_count > 0)
            Add(duration);
        else
            _estimate = duration.TotalSeconds * Margin;
    }

    /// <summary>Slices have become faster than all that is known tells: it counts no more.</summary>
    public void BeginAnew(TimeSpan duration)
    {
        (_count, _next) = (0, 0);
        Guess(duration);
    }

    /// <summary>A slice did not run because of the estimate.</summary>
    public void Refused() => _estimate = Math.Max(Median * Margin, _estimate * Shrink);
}
