namespace LoraEdge;

/// <summary>The work times of a fixed number of frames in a row, and their high quantile. Allocates nothing after it was made.</summary>
/// <param name="frames">Frames in a window.</param>
internal sealed class FrameWindow(int frames)
{
    private const double Quantile = 0.95;

    private readonly double[] _work = new double[frames];
    private int _count;

    /// <summary>Takes in one frame.</summary>
    /// <param name="work">CPU time of the frame's work, in any unit.</param>
    /// <returns>The 95th percentile when the window is full, which empties it; otherwise null.</returns>
    public double? Add(double work)
    {
        _work[_count++] = work;
        if (_count < _work.Length)
            return null;
        Array.Sort(_work);
        _count = 0;
        return _work[(int)(Quantile * (_work.Length - 1))];
    }

    /// <summary>Forgets what it holds.</summary>
    public void Clear() => _count = 0;
}
