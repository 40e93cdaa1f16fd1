namespace LoraEdge.Tests.Gating;

/// <summary>
/// A person who chooses among a few classes: the base gives random logits for every record, the person adds a taste to them,
/// and a candidate adds what it makes of the taste.
/// </summary>
public sealed class SimulatedPerson
{
    private readonly Random _random;
    private readonly double[] _taste;
    private readonly double _spread;

    /// <param name="seed">The same seed gives the same person.</param>
    /// <param name="taste">Standard deviation of the taste, in nats; 0: targets are drawn from the base's own predictions.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="spread">Standard deviation of the base's logits; 0: all records have equal inputs.</param>
    public SimulatedPerson(int seed, double taste, int classes = 4, double spread = 1)
    {
        _random = new Random(seed);
        _spread = spread;
        _taste = [.. Enumerable.Range(0, classes).Select(_ => taste * Gaussian())];
    }

    public IReadOnlyList<double> Taste => _taste;

    /// <summary>The base's own bias, the same for all records: makes some classes rare.</summary>
    public double[]? Bias { get; init; }

    /// <summary>One record: the class chosen, and the base's logits.</summary>
    public (double[] Logits, int Target) Draw()
    {
        double[] logits = [.. _taste.Select((_, i) => (_spread * Gaussian()) + (Bias?[i] ?? 0))];
        double[] truth = Probabilities([.. logits.Select((one, i) => one + _taste[i])]);
        double left = _random.NextDouble();
        int target = 0;
        while (target < truth.Length - 1 && (left -= truth[target]) > 0)
            target++;
        return (logits, target);
    }

    public RecordHash Hash(int index, int target) => new(_spread == 0 ? 0 : (ulong)index, (ulong)target);

    public double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    public static double Loss(double[] logits, int target) => -Math.Log(Probabilities(logits)[target]);

    public static double[] Probabilities(double[] logits)
    {
        double most = logits.Max();
        double[] exponentials = [.. logits.Select(one => Math.Exp(one - most))];
        double sum = exponentials.Sum();
        return [.. exponentials.Select(one => one / sum)];
    }
}
