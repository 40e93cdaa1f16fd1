using MessagePack;

namespace LoraEdge;

/// <summary>What the records say of one adapter against one rival: evidence both ways, and the plain mean.</summary>
internal sealed class Comparison(bool isLogLoss)
{
    /// <summary>Records that "recently" is about.</summary>
    private const double Recent = 32;

    private const double MostSum = 1e40, MostWeight = 1e9;
    private const int Fields = 7;

    private PayoffScale _scale = new(isLogLoss);
    private BettingWealth _for = new();
    private BettingWealth _against = new();
    private double _sum;
    private double _recentPayoff;

    /// <summary>Sum of the stakes: how many records of full weight, none a repetition, this is worth.</summary>
    public double Records { get; private set; }

    /// <summary>Mean loss of the rival less mean loss of the adapter, not clipped; 0 without records.</summary>
    public double Mean => Records > 0 ? _sum / Records : 0;

    /// <summary>The e-value against "no better than the rival".</summary>
    public double Evidence => _for.Value;

    /// <summary>The e-value against "no worse than the rival".</summary>
    public double EvidenceAgainst => _against.Value;

    /// <summary>Whether the plain mean and the recent records agree that the adapter is better.</summary>
    public bool IsAhead => _sum > 0 && _recentPayoff > 0;

    /// <summary>Adds one record.</summary>
    /// <param name="difference">Loss of the rival less loss of the adapter.</param>
    /// <param name="stake">0 to 1.</param>
    public void Add(double difference, double stake)
    {
        if (stake <= 0)
            return;
        double payoff = _scale.Payoff(difference);
        _for.Add(payoff, stake);
        _against.Add(-payoff, stake);
        Records += stake;
        _sum += stake * difference;
        _recentPayoff += (payoff - _recentPayoff) * stake / Math.Min(Math.Max(Records, 1), Recent);
    }

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(Records);
        writer.Write(_sum);
        writer.Write(_recentPayoff);
        _scale.Write(ref writer);
        _for.Write(ref writer);
        _against.Write(ref writer);
    }

    public static Comparison Read(ref FieldReader reader, bool isLogLoss)
    {
        reader.Array("a comparison", Fields, Fields);
        return new Comparison(isLogLoss)
        {
            Records = reader.Double("the sum of stakes", 0, MostWeight),
            _sum = reader.Double("the sum of differences", -MostSum, MostSum),
            _recentPayoff = reader.Double("the recent payoff", -1, 1),
            _scale = PayoffScale.Read(ref reader, isLogLoss),
            _for = BettingWealth.Read(ref reader),
            _against = BettingWealth.Read(ref reader),
        };
    }
}
