namespace LoraEdge.Tests.Gating;

/// <summary>Evidence as a likelihood ratio, against sums by hand.</summary>
public sealed class LikelihoodRatioTests
{
    private static readonly double[] s_rival = [0.5, 0.3, 0.15, 0.05], s_candidate = [0.1, 0.2, 0.3, 0.4];

    [Test]
    public void Ratio_IsTheQuotientOfTheProbabilitiesOfAllThatHappened()
    {
        var ratio = new LikelihoodRatio();
        foreach (int target in new[] { 0, 3, 3, 1 })
            ratio.Add(Difference(target), 1);
        Assert.That(ratio.Value, Is.EqualTo(0.1 * 0.4 * 0.4 * 0.2 / (0.5 * 0.05 * 0.05 * 0.3)).Within(1e-9));
    }

    [TestCase(1)]
    [TestCase(0.3)]
    [TestCase(0)]
    public void Ratio_IsOneOnAverage_WhereTheRivalIsRight(double stake)
    {
        double mean = Enumerable.Range(0, s_rival.Length).Sum(target =>
        {
            var ratio = new LikelihoodRatio();
            ratio.Add(Difference(target), stake);
            return s_rival[target] * ratio.Value;
        });
        Assert.That(mean, Is.EqualTo(1).Within(1e-12));
    }

    [TestCase(1e30)]
    [TestCase(-1e30)]
    public void Ratio_OfDifferencesBeyondAllMeasure_StaysANumber(double difference)
    {
        var ratio = new LikelihoodRatio();
        foreach (double stake in new[] { 1, 0.5, 1e-9 })
            ratio.Add(difference, stake);
        Assert.That(ratio.Value, Is.Not.NaN.And.Not.EqualTo(double.PositiveInfinity));
    }

    private static double Difference(int target) => Math.Log(s_candidate[target] / s_rival[target]);
}
