namespace LoraEdge.Tests.Gating;

/// <summary>Evidence as wealth: small cases by hand, and that it neither overflows nor dies.</summary>
public sealed class BettingWealthTests
{
    private static readonly double[] s_shares = [0.25, 0.5];

    [Test]
    public void Wealth_AtTheStart_IsOne() => Assert.That(new BettingWealth(s_shares).Value, Is.EqualTo(1).Within(1e-15));

    [Test]
    public void Wealth_AfterTwoPayoffs_IsTheMeanOfTheProducts()
    {
        var wealth = new BettingWealth(s_shares);
        wealth.Add(0.5, 1);
        Assert.That(wealth.Value, Is.EqualTo((1.125 + 1.25) / 2).Within(1e-12));
        wealth.Add(-1, 1);
        Assert.That(wealth.Value, Is.EqualTo(((1.125 * 0.75) + (1.25 * 0.5)) / 2).Within(1e-12));
    }

    [Test]
    public void Wealth_WithHalfAStake_BetsHalf()
    {
        var wealth = new BettingWealth(s_shares);
        wealth.Add(1, 0.5);
        Assert.That(wealth.Value, Is.EqualTo((1.125 + 1.25) / 2).Within(1e-12));
    }

    [Test]
    public void Payoff_ThatWouldTakeMoreThanThereIs_IsCutForEachBetAlone()
    {
        var wealth = new BettingWealth(s_shares);
        wealth.Add(-3, 1);
        Assert.That(wealth.Value, Is.EqualTo((0.25 + 0.05) / 2).Within(1e-12));
    }

    [Test]
    public void Wealth_AfterAMillionLossesAndTwiceAsManyGains_IsANumberAgain()
    {
        var wealth = new BettingWealth(s_shares);
        for (int i = 0; i < 1_000_000; i++)
            wealth.Add(-1, 1);
        Assert.That(wealth.Value, Is.Zero);
        for (int i = 0; i < 2_000_000; i++)
            wealth.Add(1, 1);
        Assert.That(wealth.Value, Is.GreaterThan(1e300));
    }

    [Test]
    public void Wealth_ThatForgetsLosses_BeginsAnewWithOne()
    {
        var wealth = new BettingWealth(s_shares, forgetsLosses: true);
        for (int i = 0; i < 1000; i++)
            wealth.Add(-1, 1);
        wealth.Add(0.5, 1);
        Assert.That(wealth.Value, Is.EqualTo((1.125 + 1.25) / 2).Within(1e-12));
    }
}
