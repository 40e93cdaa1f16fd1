namespace LoraEdge.Benchmarks.Gate;

/// <summary>How soon those are promoted whom an adapter helps.</summary>
/// <param name="gains">Each one's gain by the ungated candidate, in nats on later records.</param>
/// <param name="played">What the gate made of each one's log.</param>
internal sealed class PowerFigures(IReadOnlyList<double> gains, IReadOnlyList<GatedLog> played)
{
    private static readonly int[] s_counts = [100, 300, 1000];

    private readonly GatedLog[] _helped = [.. gains.Zip(played).Where(pair => pair.First > 0).Select(pair => pair.Second)];

    /// <summary>How many there are.</summary>
    public int People => gains.Count;

    /// <summary>How many of them the ungated candidate helps.</summary>
    public int Helped => _helped.Length;

    /// <summary>Mean gain of the ungated candidate over all of them.</summary>
    public double MeanGain => gains.Count == 0 ? 0 : gains.Average();

    /// <summary>Share of those who are helped that have a promotion by so many records; 0 when nobody is helped.</summary>
    public double ShareBy(int records) => Helped == 0 ? 0 : _helped.Count(log => log.IsPromotedBy(records)) / (double)Helped;

    /// <summary>The figures for JSON.</summary>
    public object ToJson() => new
    {
        people = People,
        helped = Helped,
        meanGain = MeanGain,
        shareBy = s_counts.Select(ShareBy),
        promotedOfOthers = played.Count(log => log.PromotedAt.Count > 0) - _helped.Count(log => log.PromotedAt.Count > 0),
    };
}
