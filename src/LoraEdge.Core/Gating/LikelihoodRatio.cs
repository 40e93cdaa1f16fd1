using MessagePack;

namespace LoraEdge;

/// <summary>
/// Evidence as a likelihood ratio: how many times as probable the candidate called what happened as the rival did (the
/// prequential Bayes factor of Dawid 1984, JRSS A 147(2)). Where targets are drawn from the rival's own predictions its mean is
/// 1 after every record, whatever came before, so the chance that it ever reaches 1/alpha is alpha at most (Ville's inequality;
/// Grünwald, de Heide and Koolen 2024, JRSS B 86(5)).
/// </summary>
/// <remarks>
/// For a candidate that is right it grows four times as fast as any bet on the mean difference. It says nothing of candidates
/// that are as good as a rival that is wrong: their ratio wanders (docs/decisions/0013-gate.md).
/// </remarks>
/// <param name="value">The ratio that it begins with, above 0. Default: 1, no evidence.</param>
internal sealed class LikelihoodRatio(double value = 1)
{
    private const double MostGain = 30, MostLogarithm = 1e7;

    private double _logarithm = Math.Max(-MostLogarithm, Math.Min(Math.Log(value), MostLogarithm));

    /// <summary>The ratio; 1 without records.</summary>
    public double Value => Math.Exp(_logarithm);

    /// <summary>Takes in one record.</summary>
    /// <param name="difference">Log-loss of the rival less that of the candidate, in nats. A gain above 30 counts as 30.</param>
    /// <param name="stake">Share of the evidence that is put on the record, 0 to 1, settled before its target is known.</param>
    public void Add(double difference, double stake)
    {
        double gain = Math.Min(difference, MostGain);
        double factor = stake < 1 ? Math.Log(1 - stake + (stake * Math.Exp(gain))) : gain;
        _logarithm = Math.Max(-MostLogarithm, Math.Min(_logarithm + factor, MostLogarithm));
    }

    public void Write(ref MessagePackWriter writer) => writer.Write(_logarithm);

    public static LikelihoodRatio Read(ref FieldReader reader) => new()
    {
        _logarithm = reader.Double("the likelihood ratio", -MostLogarithm, MostLogarithm),
    };
}
