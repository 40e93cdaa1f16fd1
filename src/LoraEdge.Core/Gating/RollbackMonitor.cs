using MessagePack;

namespace LoraEdge;

/// <summary>
/// Watches a promoted adapter on fresh records and says when it has become worse than the base: at once if it never was
/// better, and later if the player changes. An e-detector (Shin, Ramdas and Rinaldo 2024, NEJSDS 2(2)): an adapter as good as
/// the base is rolled back by mistake once in <see cref="GateOptions.RollbackRunLength"/> records or more rarely. The
/// likelihood ratio that promoted it goes on besides, and at 1 nothing speaks for it any more: a promotion by luck is undone
/// long before harm is proven, and of adapters that are right one in as many is lost as the ratio was.
/// </summary>
/// <remarks>Not safe for use by several threads at once.</remarks>
public sealed class RollbackMonitor
{
    private const string FileName = "LoraEdge.monitor";
    private const int Elements = 12;
    private const string What = "the state of a rollback monitor";
    private const int RememberedContents = 1024;
    private const double MostSum = 1e40, MostRecords = 1e15;

    private readonly GateOptions _options;
    private readonly bool _isLogLoss;
    private PayoffScale _scale;
    private BettingWealth _harm = new(BettingWealth.Quick, forgetsLosses: true);
    private LikelihoodRatio? _support;
    private RepeatedRecords _repeated = new(RememberedContents);
    private double _sum;

    /// <summary>A monitor for an adapter that has just been promoted.</summary>
    /// <param name="loss">What losses are of.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="promotedOn">
    /// The evidence over the base that promoted it (<see cref="ShadowScore.OverBase"/>); null for an adapter that no gate has
    /// judged, of which only harm is noticed. Of no effect for losses that are not of cross-entropies.
    /// </param>
    /// <exception cref="InvalidOptionsException">An option is outside its range.</exception>
    public RollbackMonitor(LossKind loss, GateOptions? options = null, double? promotedOn = null)
    {
        _options = options ?? new GateOptions();
        _options.Validate();
        _isLogLoss = loss is LossKind.CrossEntropy or LossKind.SequenceCrossEntropy;
        _scale = new PayoffScale(_isLogLoss);
        _support = _isLogLoss && promotedOn is { } ratio ? new LikelihoodRatio(ratio) : null;
    }

    /// <summary>What the records so far are worth, with weights below 1 and repetitions counted for less.</summary>
    public double EffectiveRecords { get; private set; }

    /// <summary>Mean loss of the base less mean loss of the adapter since the promotion, in the objective's unit; 0 without records.</summary>
    public double Mean => EffectiveRecords > 0 ? _sum / EffectiveRecords : 0;

    /// <summary>Evidence that the adapter is now worse than the base; at <see cref="GateOptions.RollbackRunLength"/> it is rolled back.</summary>
    public double Evidence => _harm.Value;

    /// <summary>Takes in one record that the adapter has not trained on.</summary>
    /// <param name="baseLoss">Loss of the base. If it is not finite, the record says nothing.</param>
    /// <param name="usedLoss">Loss of the adapter in use. If it alone is not finite, the adapter is rolled back.</param>
    /// <param name="hash">Tells copies of one record.</param>
    /// <param name="weight">Weight of the record, as for <see cref="PromotionGate.Add"/>.</param>
    /// <returns>Whether the adapter is to be rolled back, see <see cref="RollbackChoice"/>.</returns>
    public bool Add(double baseLoss, double usedLoss, RecordHash hash, double weight = 1)
    {
        if (!UsableLoss.Is(baseLoss))
            return false;
        if (!UsableLoss.Is(usedLoss))
            return true;
        if (weight > 0)
            Compare(baseLoss - usedLoss, Math.Min(weight, 1) * _repeated.Share(hash));
        return Evidence >= _options.RollbackRunLength || _support?.Value < 1;
    }

    /// <summary>The state, up to about 35 KB.</summary>
    public byte[] Write() => StateFile.Write(FileName, Elements, WriteFields);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="state">The bytes.</param>
    /// <param name="loss">As for the monitor that wrote it.</param>
    /// <param name="options">Null for the defaults; need not be those of before.</param>
    /// <param name="source">Name of the file, for messages.</param>
    /// <exception cref="AdapterFormatException">The bytes are damaged, of another kind, of a newer version, or of a monitor for other losses.</exception>
    public static RollbackMonitor Read(ReadOnlyMemory<byte> state, LossKind loss, GateOptions? options = null, string source = What) =>
        StateFile.Read(state, FileName, Elements, What, source, (ref FieldReader reader) =>
        {
            var monitor = new RollbackMonitor(loss, options);
            monitor.ReadFields(ref reader);
            return monitor;
        });

    private void Compare(double advantage, double stake)
    {
        _harm.Add(-_scale.Payoff(advantage), stake);
        _support?.Add(advantage, stake);
        EffectiveRecords += stake;
        _sum += stake * advantage;
    }

    private void WriteFields(ref MessagePackWriter writer)
    {
        writer.Write(_isLogLoss ? 1 : 0);
        writer.Write(EffectiveRecords);
        writer.Write(_sum);
        _scale.Write(ref writer);
        _harm.Write(ref writer);
        writer.WriteArrayHeader(_support is null ? 0 : 1);
        _support?.Write(ref writer);
        _repeated.Write(ref writer);
    }

    private void ReadFields(ref FieldReader reader)
    {
        StateFile.RequireLoss(ref reader, _isLogLoss);
        EffectiveRecords = reader.Double("the sum of stakes", 0, MostRecords);
        _sum = reader.Double("the sum of differences", -MostSum, MostSum);
        _scale = PayoffScale.Read(ref reader, _isLogLoss);
        _harm = BettingWealth.Read(ref reader, BettingWealth.Quick, forgetsLosses: true);
        _support = reader.Array("the likelihood ratio", 0, 1) == 0 ? null : LikelihoodRatio.Read(ref reader);
        _repeated = RepeatedRecords.Read(ref reader, RememberedContents);
    }
}
