using System.Diagnostics;

namespace LoraEdge.Benchmarks.Serving;

/// <summary>How much longer one thing takes than another, from pairs of timings taken in turn, so that a machine that slows down slows both.</summary>
/// <param name="Median">Median of the pairs' ratios.</param>
/// <param name="Low">Lower end of the 95% interval of the median.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Pairs">Number of pairs.</param>
internal sealed record PairedRatio(double Median, double Low, double High, int Pairs)
{
    /// <summary>The fewest pairs whose smallest and largest ratio enclose the median with 95%.</summary>
    public const int MinPairs = 6;

    private const int MaxPairs = 1_000;

    /// <summary>
    /// Sums up ratios. The interval lies between two of them, chosen by the binomial distribution of how many fall below the
    /// median, so nothing is assumed about how they are distributed.
    /// </summary>
    /// <param name="ratios">At least <see cref="MinPairs"/>.</param>
    public static PairedRatio Of(IReadOnlyCollection<double> ratios)
    {
        if (ratios.Count < MinPairs)
            throw new ArgumentException($"{ratios.Count} pairs do not enclose a median with 95%; {MinPairs} do.", nameof(ratios));
        double[] sorted = [.. ratios.Order()];
        int outside = Outside(sorted.Length);
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return new PairedRatio(median, sorted[outside - 1], sorted[^outside], sorted.Length);
    }

    /// <summary>Measures for a while, each pair in the other order than the one before; the first pair does not count.</summary>
    /// <param name="one">Does one thing once, and returns how long it took.</param>
    /// <param name="other">The same for what it is compared with.</param>
    /// <param name="duration">How long; <see cref="MinPairs"/> are taken in any case.</param>
    /// <returns>Times of <paramref name="one"/> over times of <paramref name="other"/>.</returns>
    public static PairedRatio Measure(Func<TimeSpan> one, Func<TimeSpan> other, TimeSpan duration)
    {
        one();
        other();
        var ratios = new List<double>();
        for (var watch = Stopwatch.StartNew(); ratios.Count < MinPairs || (watch.Elapsed < duration && ratios.Count < MaxPairs);)
        {
            TimeSpan first = (ratios.Count % 2 == 0 ? one : other)(), second = (ratios.Count % 2 == 0 ? other : one)();
            ratios.Add(ratios.Count % 2 == 0 ? first / second : second / first);
        }

        return Of(ratios);
    }

    /// <summary>The same for actions, each repeated so often that a turn of it lasts 20 milliseconds.</summary>
    public static PairedRatio Measure(Action one, Action other, TimeSpan duration) => Measure(Turns(one), Turns(other), duration);

    /// <summary>The largest k for which the median lies below the k-th smallest with 2.5% at most.</summary>
    private static int Outside(int count)
    {
        double log = -count * Math.Log(2), below = 0;
        for (int k = 0; ; k++)
        {
            below += Math.Exp(log);
            if (below > 0.025)
                return k;
            log += Math.Log((double)(count - k) / (k + 1));
        }
    }

    private static Func<TimeSpan> Turns(Action action)
    {
        const double Milliseconds = 20;
        action();
        long start = Stopwatch.GetTimestamp();
        action();
        int repeats = (int)Math.Clamp(Milliseconds / Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1, 1_000);
        return () =>
        {
            long began = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeats; i++)
                action();
            return Stopwatch.GetElapsedTime(began) / repeats;
        };
    }
}
