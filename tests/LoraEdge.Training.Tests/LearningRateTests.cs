namespace LoraEdge.Training.Tests;

/// <summary>Warm-up over a tenth of the steps, 20 at most; then down to a tenth.</summary>
public sealed class LearningRateTests
{
    [Test]
    public void TheRate_RisesLinearly_OverTheWarmUp() =>
        Assert.That(Enumerable.Range(0, 5).Select(step => LearningRate.At(step, 50, 1)), Is.EqualTo(Enumerable.Range(0, 5).Select(step => (step + 1) / 5.0 * (1 - 0.9 * step / 50))).Within(1e-12));

    [Test]
    public void TheWarmUp_TakesTwentySteps_AtMost()
    {
        Assert.That(LearningRate.At(18, 100_000, 1), Is.LessThan(0.96));
        Assert.That(LearningRate.At(19, 100_000, 1), Is.GreaterThan(0.999));
    }

    [Test]
    public void TheRate_FallsToATenth_AtTheEnd()
    {
        double[] rates = [.. Enumerable.Range(20, 80).Select(step => LearningRate.At(step, 100, 3e-3))];

        Assert.That(rates, Is.Ordered.Descending);
        Assert.That(rates[^1], Is.EqualTo(3e-3 * 0.109).Within(1e-9));
    }

    [Test]
    public void ASessionOfOneStep_HasTheFullRate() => Assert.That(LearningRate.At(0, 1, 0.5), Is.EqualTo(0.5));
}
