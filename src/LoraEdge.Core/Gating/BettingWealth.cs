using MessagePack;

namespace LoraEdge;

/// <summary>
/// Evidence as the money of a gambler who starts with 1 and bets on every payoff being positive (Waudby-Smith and Ramdas
/// 2024, JRSS B 86(1)). If payoffs have a mean of zero or less, whatever came before, the chance that the wealth ever reaches
/// 1/alpha is alpha at most (Ville's inequality), so it may be looked at after every record.
/// </summary>
/// <param name="forgetsLosses">
/// Whether a bet that has lost begins anew with 1: then it notices when payoffs turn positive late, and payoffs of mean zero
/// take n records on average, or more, to make it n (the CUSUM e-detector of Shin, Ramdas and Rinaldo 2024, NEJSDS 2(2)).
/// </param>
/// <remarks>
/// A quarter of the money is bet with each of four shares. The best share is mean / (mean^2 + variance); for log-losses that
/// is near 1/2 when the candidate is right, more while it has learned too little and less once it has learned too much.
/// Powers of two around it lose little in between. Kept as logarithms, which neither overflow nor vanish.
/// </remarks>
internal sealed class BettingWealth(bool forgetsLosses = false)
{
    // Below 1, so that one payoff of -1 leaves something of every bet.
    private static readonly double[] s_shares = [0.125, 0.25, 0.5, 0.9];

    private const double MostLogarithm = 1e7;

    private readonly double[] _logarithms = new double[s_shares.Length];

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
    /// <param name="payoff">From -1 to 1.</param>
    /// <param name="stake">Factor on all bets, 0 to 1, settled before the payoff is known.</param>
    public void Add(double payoff, double stake)
    {
        for (int i = 0; i < s_shares.Length; i++)
        {
            double before = forgetsLosses ? Math.Max(_logarithms[i], 0) : _logarithms[i];
            double after = before + Math.Log(1 + (s_shares[i] * stake * payoff));
            _logarithms[i] = Math.Max(-MostLogarithm, Math.Min(after, MostLogarithm));
        }
    }

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(_logarithms.Length);
        foreach (double one in _logarithms)
            writer.Write(one);
    }

    public static BettingWealth Read(ref FieldReader reader, bool forgetsLosses = false)
    {
        var wealth = new BettingWealth(forgetsLosses);
        reader.Array("the wealth", s_shares.Length, s_shares.Length);
        for (int i = 0; i < s_shares.Length; i++)
            wealth._logarithms[i] = reader.Double("the wealth of a bet", -MostLogarithm, MostLogarithm);
        return wealth;
    }
}
