namespace LoraEdge;

/// <summary>
/// What a session trains on when records keep coming: all new ones, and older ones beside them so that what they taught is not
/// forgotten (experience replay, Rolnick et al. 2019, arXiv:1811.11682). A pure function of its arguments.
/// </summary>
/// <remarks>
/// The fewer new records there are, the fewer and the smaller are the steps. Adam makes steps of one length whatever the
/// gradient's size, and the share of it that is signal and not the chance of a few records grows with the square root of their
/// number (Malladi et al. 2022, arXiv:2205.10287). So both learning rate and epochs are those of the options from
/// <see cref="FullRateRecords"/> new records on, and below that smaller by <c>sqrt(new / FullRateRecords)</c>. The number of
/// steps follows the records besides, as an epoch has as many batches as they fill. Such a small session is not judged by
/// held-out records either: what few steps change is far smaller than what a few hundred records can tell, so that judging
/// would drop about every other lesson by chance. It runs to its end, and the gate decides.
/// </remarks>
public sealed class ContinualPlan
{
    /// <summary>New records from which on learning rate and epochs are those of the options, and held-out records decide when to stop.</summary>
    public const int FullRateRecords = 256;

    /// <summary>
    /// Share of older records among those that are trained on, unless the host says otherwise: four older ones for each new one.
    /// With one for each, which takes two fifths of the time, candidates gain less and are promoted later
    /// (docs/decisions/0013-gate.md).
    /// </summary>
    public const double DefaultReplayShare = 0.8;

    /// <summary>Most held-out records of a session: enough to judge by, and few enough that judging takes less time than training.</summary>
    public const int MostHeldOut = 512;

    private ContinualPlan(long[] trained, long[] heldOut, int replayed, TrainingOptions options) =>
        (Trained, HeldOut, Replayed, Options) = (trained, heldOut, replayed, options);

    /// <summary>Sequence numbers of the records to train on, ascending.</summary>
    public IReadOnlyList<long> Trained { get; }

    /// <summary>Sequence numbers of the records that decide when to stop, ascending; none with fewer new records than <see cref="FullRateRecords"/>.</summary>
    public IReadOnlyList<long> HeldOut { get; }

    /// <summary>How many of <see cref="Trained"/> are older ones.</summary>
    public int Replayed { get; }

    /// <summary>The options with the learning rate, the epochs and the sampling seed of this session.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Plans a session.</summary>
    /// <param name="older">Sequence numbers of the retained records that earlier sessions had, ascending; none for a first session.</param>
    /// <param name="fresh">Sequence numbers of the new records, ascending.</param>
    /// <param name="options">How a session with many new records is trained.</param>
    /// <param name="heldOutShare">Share of records that are held out; see <see cref="HeldOutBlocks"/>.</param>
    /// <param name="seed">Seed of what is drawn. Of another value in every session, or the same older records are replayed each time.</param>
    /// <param name="replayShare">Share of older records among those that are trained on, 0 to below 1. Drawn uniformly; fewer when there are fewer.</param>
    /// <exception cref="InvalidOptionsException">A share is outside its range.</exception>
    public static ContinualPlan Of(
        IReadOnlyList<long> older, IReadOnlyList<long> fresh, TrainingOptions options, double heldOutShare, ulong seed, double replayShare = DefaultReplayShare)
    {
        RequireShare(heldOutShare, nameof(heldOutShare));
        RequireShare(replayShare, nameof(replayShare));
        bool IsHeldOut(long record) => HeldOutBlocks.Contains(record, heldOutShare);
        long[] news = [.. fresh.Where(record => !IsHeldOut(record))];
        int wanted = (int)Math.Min(int.MaxValue, Math.Round(news.Length * replayShare / (1 - replayShare)));
        long[] replayed = Draw([.. older.Where(record => !IsHeldOut(record))], wanted, seed);
        long[] judges = fresh.Count < FullRateRecords ? [] : Judges([.. older.Where(IsHeldOut)], [.. fresh.Where(IsHeldOut)], seed);
        return new ContinualPlan([.. replayed, .. news], judges, replayed.Length, Scaled(options, news.Length, seed));
    }

    /// <summary>The newest, and as many of the older as there is room for.</summary>
    private static long[] Judges(long[] older, long[] fresh, ulong seed)
    {
        long[] newest = [.. fresh.Skip(fresh.Length - MostHeldOut)];
        return [.. Draw(older, MostHeldOut - newest.Length, seed), .. newest];
    }

    private static TrainingOptions Scaled(TrainingOptions options, int fresh, ulong seed)
    {
        double factor = Math.Min(1, Math.Sqrt(Math.Max(1, fresh) / (double)FullRateRecords));
        return options with
        {
            LearningRate = options.LearningRate * factor,
            MaxEpochs = (int)Math.Ceiling(options.MaxEpochs * factor),
            SamplingSeed = UniformHash.Bits(options.SamplingSeed, seed),
        };
    }

    /// <summary>So many of the records, each with equal chances: those with the smallest hashes. In their own order.</summary>
    private static long[] Draw(long[] records, int count, ulong seed) => records.Length <= count
        ? records
        : [.. records.OrderBy(record => UniformHash.Bits((ulong)record, seed)).Take(count).OrderBy(record => record)];

    private static void RequireShare(double share, string name)
    {
        if (!(share >= 0 && share < 1))
            throw new InvalidOptionsException($"{name} is {share}; it must be from 0 to below 1.");
    }
}
