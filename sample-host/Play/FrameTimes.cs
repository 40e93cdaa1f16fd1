namespace Rival.Play;

/// <summary>Work times of frames: percentiles of a histogram, so that neither a frame nor a look at it costs anything to speak of.</summary>
internal sealed class FrameTimes
{
    private const double BucketMs = 0.05;
    private const int Buckets = 2000;

    private readonly int[] _counts = new int[Buckets];

    /// <summary>Frames so far.</summary>
    public int Count { get; private set; }

    /// <summary>Counts a frame.</summary>
    public void Add(TimeSpan work)
    {
        _counts[(int)Math.Clamp(work.TotalMilliseconds / BucketMs, 0, Buckets - 1)]++;
        Count++;
    }

    /// <summary>The work below which a share of the frames stayed, in milliseconds, to a twentieth; 0 without frames.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    public double Percentile(double share)
    {
        double left = share * Count;
        for (int i = 0; i < Buckets && Count > 0; i++)
        {
            if ((left -= _counts[i]) <= 0)
                return Math.Round((i + 1) * BucketMs, 2);
        }

        return 0;
    }
}
