using Rival.Adaptation;
using Rival.Policy;

namespace LoraEdge.Benchmarks.Personalization;

/// <summary>What one method gives over all players.</summary>
internal sealed record Row
{
    /// <summary>The method, or the number of moves.</summary>
    public required string Name { get; init; }

    /// <summary>Learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Mean negative log-likelihood in nats, all plies.</summary>
    public required double Nll { get; init; }

    /// <summary>Share of moves predicted, all plies.</summary>
    public required double Accuracy { get; init; }

    /// <summary>As <see cref="Nll"/>, over the first 20 plies.</summary>
    public required double OpeningNll { get; init; }

    /// <summary>As <see cref="Accuracy"/>, over the first 20 plies.</summary>
    public required double OpeningAccuracy { get; init; }

    /// <summary>How much lower than the base's the NLL is, all plies.</summary>
    public required double NllGain { get; init; }

    /// <summary>The same over the first 20 plies.</summary>
    public required double OpeningNllGain { get; init; }

    /// <summary>Share of players whose moves became more probable.</summary>
    public required double HelpedShare { get; init; }

    /// <summary>Median bytes of an adapter.</summary>
    public required double MedianBytes { get; init; }

    /// <summary>Median seconds of training per player.</summary>
    public required double MedianTrainSeconds { get; init; }

    /// <summary>Longest training.</summary>
    public required double MaxTrainSeconds { get; init; }

    /// <summary>Pools reports.</summary>
    public static Row Of(string name, double learningRate, IReadOnlyList<PlayerReport> reports)
    {
        PolicyScore before = Pool(reports.Select(report => report.Base)), after = Pool(reports.Select(report => report.Adapted));
        return new Row
        {
            Name = name,
            LearningRate = learningRate,
            Nll = after.All.Nll,
            Accuracy = after.All.Accuracy,
            OpeningNll = after.Opening.Nll,
            OpeningAccuracy = after.Opening.Accuracy,
            NllGain = before.All.Nll - after.All.Nll,
            OpeningNllGain = before.Opening.Nll - after.Opening.Nll,
            HelpedShare = reports.Average(report => report.IsHelped ? 1.0 : 0.0),
            MedianBytes = Median.Of(reports.Select(report => (double)report.AdapterBytes)),
            MedianTrainSeconds = Median.Of(reports.Select(report => report.TrainingTime.TotalSeconds)),
            MaxTrainSeconds = reports.Max(report => report.TrainingTime.TotalSeconds),
        };
    }

    /// <summary>Sum of scores.</summary>
    public static PolicyScore Pool(IEnumerable<PolicyScore> scores) => scores.Aggregate(default(PolicyScore), (sum, score) => sum + score);
}
