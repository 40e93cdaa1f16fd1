namespace LoraEdge.Tests.Training;

/// <summary>What a session trains on when records keep coming.</summary>
public sealed class ContinualPlanTests
{
    private const double HeldOutShare = 0.1;
    private static readonly TrainingOptions s_options = new();

    [Test]
    public void AFirstSessionOfThousandsOfRecords_IsTrainedAsTheOptionsSay()
    {
        ContinualPlan plan = ContinualPlan.Of([], Range(0, 4000), s_options, HeldOutShare, seed: 1);

        Assert.That(plan.Trained.Concat(plan.HeldOut).Order(), Is.EqualTo(Range(0, 4000)));
        Assert.That((plan.Replayed, plan.HeldOut.Count), Is.EqualTo((0, 400)));
        Assert.That(plan.Options, Is.EqualTo(s_options with { SamplingSeed = plan.Options.SamplingSeed }));
    }

    [Test]
    public void ARecordThatIsHeldOut_IsTrainedOnInNoSession()
    {
        for (int session = 0; session < 40; session++)
        {
            ContinualPlan plan = ContinualPlan.Of(Range(0, session * 100), Range(session * 100, 100), s_options, HeldOutShare, (ulong)session);

            Assert.That(plan.Trained.Any(record => HeldOutBlocks.Contains(record, HeldOutShare)), Is.False);
            Assert.That(plan.HeldOut.All(record => HeldOutBlocks.Contains(record, HeldOutShare)));
        }
    }

    [TestCase(0, ExpectedResult = 0)]
    [TestCase(0.5, ExpectedResult = 1)]
    [TestCase(0.75, ExpectedResult = 3)]
    public double AllNewRecordsAreTrainedOn_BesideAShareOfOlderOnes(double replayShare)
    {
        long[] fresh = Range(10_000, 320);
        ContinualPlan plan = ContinualPlan.Of(Range(0, 10_000), fresh, s_options, HeldOutShare, seed: 1, replayShare);

        long[] news = [.. fresh.Where(record => !HeldOutBlocks.Contains(record, HeldOutShare))];
        Assert.That(plan.Trained, Is.Ordered.And.Unique.And.SupersetOf(news));
        Assert.That(plan.Trained, Has.Count.EqualTo(news.Length + plan.Replayed));
        return plan.Replayed / (double)news.Length;
    }

    [Test]
    public void WhatIsReplayed_IsDrawnUniformly_AndAnewWithEverySeed()
    {
        var counts = new int[1000];
        for (ulong seed = 0; seed < 400; seed++)
        {
            foreach (long record in ContinualPlan.Of(Range(0, 1000), Range(1000, 100), s_options, 0, seed, replayShare: 0.5).Trained.Where(record => record < 1000))
                counts[record]++;
        }

        // Binomial with mean 40 and deviation 6.
        Assert.That(counts, Is.All.InRange(10, 70));
        Assert.That(counts.Take(500).Sum(), Is.EqualTo(counts.Sum() / 2).Within(400));
    }

    [TestCase(1, 1)]
    [TestCase(16, 2)]
    [TestCase(64, 3)]
    [TestCase(256, 6)]
    [TestCase(5000, 6)]
    public void FewNewRecords_MakeFewAndSmallSteps(int fresh, int epochs)
    {
        TrainingOptions options = ContinualPlan.Of(Range(0, 10_000), Range(10_000, fresh), s_options, 0, seed: 1).Options;

        Assert.That(options.MaxEpochs, Is.EqualTo(epochs));
        Assert.That(options.LearningRate, Is.EqualTo(s_options.LearningRate * Math.Min(1, Math.Sqrt(fresh / 256.0))).Within(1e-12));
        Assert.DoesNotThrow(options.Validate);
    }

    [Test]
    public void FewNewRecords_AreTrainedOnToTheEnd_AndNothingJudges()
    {
        ContinualPlan small = ContinualPlan.Of(Range(0, 10_000), Range(10_000, ContinualPlan.FullRateRecords - 1), s_options, HeldOutShare, seed: 1);
        ContinualPlan large = ContinualPlan.Of(Range(0, 10_000), Range(10_000, ContinualPlan.FullRateRecords), s_options, HeldOutShare, seed: 1);

        Assert.That(small.HeldOut, Is.Empty);
        Assert.That(small.Trained.Any(record => HeldOutBlocks.Contains(record, HeldOutShare)), Is.False);
        Assert.That(large.HeldOut, Is.Not.Empty);
    }

    [Test]
    public void JudgesAreBounded_TheNewestFirst()
    {
        ContinualPlan plan = ContinualPlan.Of(Range(0, 100_000), Range(100_000, 320), s_options, HeldOutShare, seed: 1);

        Assert.That(plan.HeldOut, Has.Count.EqualTo(ContinualPlan.MostHeldOut).And.Ordered);
        Assert.That(plan.HeldOut.Where(record => record >= 100_000), Is.EqualTo(Range(100_000, 320).Where(record => HeldOutBlocks.Contains(record, HeldOutShare))));
        Assert.That(ContinualPlan.Of([], Range(0, 100_000), s_options, HeldOutShare, seed: 1).HeldOut, Has.Count.EqualTo(ContinualPlan.MostHeldOut));
    }

    [TestCase(-0.1, 0.5)]
    [TestCase(1, 0.5)]
    [TestCase(0.1, 1)]
    [TestCase(double.NaN, 0.5)]
    public void SharesOutOfRange_AreRefused(double heldOutShare, double replayShare) =>
        Assert.Throws<InvalidOptionsException>(() => ContinualPlan.Of([], Range(0, 10), s_options, heldOutShare, 1, replayShare));

    private static long[] Range(long first, int count) => [.. Enumerable.Range(0, count).Select(i => first + i)];
}
