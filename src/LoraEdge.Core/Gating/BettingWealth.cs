using MessagePack;

namespace LoraEdge;

/// <summary>
/// Evidence as the money of a gambler who starts with 1 and bets on every payoff being positive (Waudby-Smith and Ramdas
/// 2024, JRSS B 86(1)). If payoffs have a mean of zero or less, whatever came before, the chance that the wealth ever reaches
/// 1/alpha is alpha at most (Ville's inequality), so it may be looked at after every record.
/// </summary>
/// <remarks>
/// Equal parts of the money are bet with each of a few shares. No bet may lose more than it has, so payoffs are cut where they
/// would: a bet with a large share sees less of a large payoff. Kept as logarithms, which neither overflow nor vanish.
/// </remarks>
/// <param name="shares">One of <see cref="Quick"/> and <see cref="Careful"/>.</param>
/// <param name="forgetsLosses">
/// Whether a bet that has lost begins anew with 1: then it notices when payoffs turn positive late, and payoffs of mean zero
/// take n records on average, or more, to make it n (the CUSUM e-detector of Shin, Ramdas and Rinaldo 2024, NEJSDS 2(2)).
/// </param>
internal sealed class BettingWealth(double[] shares, bool forgetsLosses = false)
{
    private const double MostLost = 0.95, MostLogarithm = 1e7;

    /// <summary>
    /// Large shares. The best is mean / (mean^2 + variance); for log-losses that is near 1/2 when the candidate is right, more
    /// while it has learned too little, less once it has learned too much. Payoffs below -1 nat may be cut.
    /// </summary>
    public static readonly double[] Quick = [0.2, 0.4, 0.9];

    /// <summary>Small shares, which win slowly and see payoffs down to almost -4 nats in full.</summary>
    public static readonly double[] Careful = [0.0625, 0.125, 0.25];

    private readonly double[] _logarithms = new double[shares.Length];

    /// <summary>The e-value: the money there is now, for each unit at the start.</summary>
    public double Value
    {
        get
        {
            double most = _logarithms.Max();
            return Math.Exp(most + Math.Log(_logarithms.Average(one => Math.Exp(one - most))));
        }
    }

    /// <summary>Bets on one payoff.</summary>
    /// <param name="payoff">In nats, or in the unit of <see cref="PayoffScale"/>.</param>
    /// <param name="stake">Factor on all bets, 0 to 1, settled before the payoff is known.</param>
    public void Add(double payoff, double stake)
    {
        for (int i = 0; i < shares.Length; i++)
        {
            double before = forgetsLosses ? Math.Max(_logarithms[i], 0) : _logarithms[i];
            double gain = Math.Max(-MostLost, Math.Min(shares[i] * payoff, MostLost));
            _logarithms[i] = Math.Max(-MostLogarithm, Math.Min(before + Math.Log(1 + (stake * gain)), MostLogarithm));
        }
    }

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(_logarithms.Length);
        foreach (double one in _logarithms)
            writer.Write(one);
    }

    public static BettingWealth Read(ref FieldReader reader, double[] shares, bool forgetsLosses = false)
    {
        var wealth = new BettingWealth(shares, forgetsLosses);
        reader.Array("the wealth", shares.Length, shares.Length);
        for (int i = 0; i < shares.Length; i++)
            wealth._logarithms[i] = reader.Double("the wealth of a bet", -MostLogarithm, MostLogarithm);
        return wealth;
    }
}
