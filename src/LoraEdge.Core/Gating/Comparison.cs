using MessagePack;

namespace LoraEdge;

/// <summary>What the records say of one adapter against one rival: evidence both ways, and the plain mean.</summary>
internal sealed class Comparison(bool isLogLoss)
{
    /// <summary>Records that "recently" is about.</summary>
    private const double Recent = 32;

    /// <summary>What bets must have made of 1 beside a likelihood ratio, and the careful ones beside that: docs/decisions/0013-gate.md.</summary>
    private const double BetsNeeded = 5, CarefulNeeded = 1.75;

    /// <summary>What the careful bets must have made of 1 where losses are no logarithms of probabilities.</summary>
    private const double CarefulNeededAlone = 3;

    private const double MostSum = 1e40, MostRecords = 1e9;
    private const int Fields = 9;

    private PayoffScale _scale = new(isLogLoss);
    private LikelihoodRatio _ratio = new();
    private BettingWealth _quick = new(BettingWealth.Quick);
    private BettingWealth _careful = new(BettingWealth.Careful);
    private BettingWealth _against = new(BettingWealth.Quick);
    private double _sum;
    private double _recently;

    /// <summary>Sum of the stakes: how many records of full weight, none a repetition, this is worth.</summary>
    public double Records { get; private set; }

    /// <summary>Mean loss of the rival less mean loss of the adapter, not cut; 0 without records.</summary>
    public double Mean => Records > 0 ? _sum / Records : 0;

    /// <summary>The e-value: of log-losses against "the rival is right", of others against "no better than the rival".</summary>
    public double Evidence => isLogLoss ? _ratio.Value : _quick.Value;

    /// <summary>The e-value against "no worse than the rival".</summary>
    public double EvidenceAgainst => _against.Value;

    /// <summary>
    /// Whether the evidence is enough, and nothing that it cannot see speaks against it: a candidate that is no better on average
    /// than a rival that is wrong (bets on the mean see it), rare large losses, which quick bets cut (the careful bets and the
    /// plain mean see them), and a candidate that has become worse lately.
    /// </summary>
    public bool Convinces(double needed) => Evidence >= needed && BetsConvince && _sum > 0 && _recently > 0;

    private bool BetsConvince => isLogLoss
        ? _quick.Value >= BetsNeeded && _careful.Value >= CarefulNeeded
        : _careful.Value >= CarefulNeededAlone;

    /// <summary>Adds one record.</summary>
    /// <param name="difference">Loss of the rival less loss of the adapter.</param>
    /// <param name="stake">0 to 1.</param>
    public void Add(double difference, double stake)
    {
        if (stake <= 0)
            return;
        double payoff = _scale.Payoff(difference);
        _ratio.Add(payoff, stake);
        _quick.Add(payoff, stake);
        _careful.Add(payoff, stake);
        _against.Add(-payoff, stake);
        Records += stake;
        _sum += stake * difference;
        _recently += (Math.Max(-1, Math.Min(payoff, 1)) - _recently) * stake / Math.Min(Math.Max(Records, 1), Recent);
    }

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(Records);
        writer.Write(_sum);
        writer.Write(_recently);
        _scale.Write(ref writer);
        _ratio.Write(ref writer);
        _quick.Write(ref writer);
        _careful.Write(ref writer);
        _against.Write(ref writer);
    }

    public static Comparison Read(ref FieldReader reader, bool isLogLoss)
    {
        reader.Array("a comparison", Fields, Fields);
        return new Comparison(isLogLoss)
        {
            Records = reader.Double("the sum of stakes", 0, MostRecords),
            _sum = reader.Double("the sum of differences", -MostSum, MostSum),
            _recently = reader.Double("the recent payoff", -1, 1),
            _scale = PayoffScale.Read(ref reader, isLogLoss),
            _ratio = LikelihoodRatio.Read(ref reader),
            _quick = BettingWealth.Read(ref reader, BettingWealth.Quick),
            _careful = BettingWealth.Read(ref reader, BettingWealth.Careful),
            _against = BettingWealth.Read(ref reader, BettingWealth.Quick),
        };
    }
}
