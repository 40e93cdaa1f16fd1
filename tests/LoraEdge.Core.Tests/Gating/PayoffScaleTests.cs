namespace LoraEdge.Tests.Gating;

/// <summary>How differences of losses become payoffs.</summary>
public sealed class PayoffScaleTests
{
    [TestCase(0.25)]
    [TestCase(-3)]
    public void Payoff_OfALogLoss_IsTheDifferenceInNats(double difference) =>
        Assert.That(new PayoffScale(isLogLoss: true).Payoff(difference), Is.EqualTo(difference));

    [TestCase(1e-6)]
    [TestCase(1)]
    [TestCase(1e6)]
    public void Payoff_OfARegression_DoesNotDependOnItsUnit(double unit)
    {
        var scale = new PayoffScale(isLogLoss: false);
        for (int i = 0; i < 8; i++)
            Assert.That(scale.Payoff(i % 2 == 0 ? unit : -unit), Is.Zero, "the first records only set the scale");
        Assert.That(scale.Payoff(2 * unit), Is.EqualTo(0.5).Within(1e-12));
    }

    [Test]
    public void Payoff_AfterAnOutlier_IsSoonAsBefore()
    {
        var scale = new PayoffScale(isLogLoss: false);
        for (int i = 0; i < 50; i++)
            scale.Payoff(1);
        scale.Payoff(1e30);
        Assert.That(scale.Payoff(1), Is.GreaterThan(0.2));
    }

    [Test]
    public void Payoff_OfEqualLosses_IsZeroAlways()
    {
        var scale = new PayoffScale(isLogLoss: false);
        Assert.That(Enumerable.Range(0, 100).Select(_ => scale.Payoff(0)), Is.All.Zero);
    }
}
