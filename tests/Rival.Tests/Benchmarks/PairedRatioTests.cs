using LoraEdge.Benchmarks.Serving;
using NUnit.Framework;

namespace Rival.Tests.Benchmarks;

/// <summary>Ratios of timings taken in pairs.</summary>
public sealed class PairedRatioTests
{
    // Ranks of the 95% interval of a median from tables of the sign test (Conover, Practical Nonparametric Statistics).
    [TestCase(6, 1)]
    [TestCase(8, 1)]
    [TestCase(9, 2)]
    [TestCase(12, 3)]
    [TestCase(20, 6)]
    [TestCase(25, 8)]
    public void Of_TakesTheIntervalOfTheSignTest(int pairs, int rank)
    {
        PairedRatio ratio = PairedRatio.Of([.. Enumerable.Range(1, pairs).Reverse().Select(i => (double)i)]);

        Assert.That((ratio.Low, ratio.High, ratio.Pairs), Is.EqualTo(((double)rank, (double)(pairs + 1 - rank), pairs)));
    }

    [TestCase(new[] { 9.0, 1, 2, 3, 4, 5, 6 }, 4)]
    [TestCase(new[] { 8.0, 1, 2, 3, 4, 5, 6, 7 }, 4.5)]
    public void Of_TakesTheMedian(double[] ratios, double median) => Assert.That(PairedRatio.Of(ratios).Median, Is.EqualTo(median));

    [Test]
    public void Of_WithFewerPairsThanEncloseAMedian_Throws() =>
        Assert.That(() => PairedRatio.Of(new double[PairedRatio.MinPairs - 1]), Throws.ArgumentException);

    [Test]
    public void Of_ManyPairs_StaysFinite()
    {
        PairedRatio ratio = PairedRatio.Of([.. Enumerable.Range(0, 5_000).Select(i => 1 + (i / 5_000.0))]);

        Assert.That(ratio.Low, Is.EqualTo(1.486).Within(0.001));
        Assert.That(ratio.High, Is.EqualTo(1.514).Within(0.001));
    }

    [Test]
    public void Measure_AlternatesTheOrder_AndGivesTheRatioOfEachPair()
    {
        var order = new List<string>();
        TimeSpan Took(string name, int milliseconds)
        {
            order.Add(name);
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        PairedRatio ratio = PairedRatio.Measure(() => Took("one", 3), () => Took("other", 2), TimeSpan.Zero);

        Assert.That((ratio.Median, ratio.Low, ratio.High, ratio.Pairs), Is.EqualTo((1.5, 1.5, 1.5, PairedRatio.MinPairs)));
        Assert.That(order.Take(6), Is.EqualTo(new[] { "one", "other", "one", "other", "other", "one" }));
    }
}
