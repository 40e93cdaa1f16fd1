namespace LoraEdge.Tests.Gating;

/// <summary>A candidate of a simulation: what it says about a record, and what it then learns from it.</summary>
public abstract class SimulatedCandidate
{
    public abstract double[] Logits(double[] logits);

    public virtual void Learn(double[] logits, int target)
    {
    }

    /// <summary>Adds the same numbers always.</summary>
    public sealed class Fixed(IReadOnlyList<double> change) : SimulatedCandidate
    {
        public override double[] Logits(double[] logits) => [.. logits.Select((one, i) => one + change[i])];
    }

    /// <summary>Sharpens or flattens the base.</summary>
    public sealed class Tempered(double factor) : SimulatedCandidate
    {
        public override double[] Logits(double[] logits) => [.. logits.Select(one => one * factor)];
    }

    /// <summary>Learns a change per class by gradient descent, after each record.</summary>
    public sealed class Learning(int classes, double rate) : SimulatedCandidate
    {
        private readonly double[] _change = new double[classes];

        public override double[] Logits(double[] logits) => [.. logits.Select((one, i) => one + _change[i])];

        public override void Learn(double[] logits, int target)
        {
            double[] said = SimulatedPerson.Probabilities(Logits(logits));
            for (int i = 0; i < _change.Length; i++)
                _change[i] += rate * ((i == target ? 1 : 0) - said[i]);
        }
    }

    /// <summary>Bets all on what was chosen last, and does not care.</summary>
    public sealed class Overconfident : SimulatedCandidate
    {
        private int _last;

        public override double[] Logits(double[] logits) => [.. logits.Select((one, i) => one + (i == _last ? 3 : 0))];

        public override void Learn(double[] logits, int target) => _last = target;
    }
}
