namespace LoraEdge.Tests.Gating;

/// <summary>A promoted adapter that turns bad is noticed, a good one is left alone, and the right one takes its place.</summary>
public sealed class RollbackTests
{
    [Test]
    public void Adapter_ThatStaysBetter_IsNeverRolledBack()
    {
        var monitor = new RollbackMonitor(LossKind.CrossEntropy);
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
            Assert.That(Watch(monitor, random, 0.02), Is.False);
    }

    [Test]
    public void Adapter_AsGoodAsTheBase_IsRolledBackLessThanOnceInAThousandRecords()
    {
        int alarms = 0;
        for (int person = 0; person < 40; person++)
        {
            var monitor = new RollbackMonitor(LossKind.CrossEntropy);
            var random = new Random(100 + person);
            for (int i = 0; i < 1000; i++)
            {
                if (!Watch(monitor, random, 0))
                    continue;
                alarms++;
                break;
            }
        }

        TestContext.Out.WriteLine($"{alarms} of 40 in 1,000 records each");
        Assert.That(alarms, Is.LessThan(25), "an average run of 1,000 records would give 25");
    }

    [Test]
    public void Adapter_WhoseTruthChangesAfterAThousandGoodRecords_IsRolledBackSoon()
    {
        var delays = new List<int>();
        for (int person = 0; person < 20; person++)
        {
            var monitor = new RollbackMonitor(LossKind.CrossEntropy);
            var random = new Random(200 + person);
            for (int i = 0; i < 1000; i++)
                Assert.That(Watch(monitor, random, 0.1), Is.False);
            int delay = 1;
            while (!Watch(monitor, random, -0.1))
                delay++;
            delays.Add(delay);
        }

        TestContext.Out.WriteLine($"median {delays.Order().ElementAt(10)}, at most {delays.Max()} records");
        Assert.That(delays.Order().ElementAt(10), Is.LessThan(250));
    }

    [TestCase(-0.02, 0.9, 1)]
    [TestCase(0.02, 0, 0.1)]
    public void Adapter_PromotedOnARatioOf33_IsRolledBackWhenNothingIsLeftOfIt(double mean, double least, double most)
    {
        // Differences with a deviation of 0.2: an adapter that is right gains 0.02 nats a record.
        int rolledBack = Enumerable.Range(0, 100).Count(person =>
        {
            var monitor = new RollbackMonitor(LossKind.CrossEntropy, promotedOn: 33);
            var random = new Random(300 + person);
            return Enumerable.Range(0, 1000).Any(_ => monitor.Add(1, 1 - (mean + (0.2 * Gaussian(random))), Scores.NewRecord()));
        });
        TestContext.Out.WriteLine($"{rolledBack} of 100");
        Assert.That(rolledBack / 100.0, Is.InRange(least, most));
    }

    [Test]
    public void AdapterLoss_ThatIsNoNumber_RollsBackAtOnce_UnlessTheBaseHasNoneEither()
    {
        var monitor = new RollbackMonitor(LossKind.CrossEntropy);
        Assert.That(monitor.Add(double.NaN, double.NaN, Scores.NewRecord()), Is.False);
        Assert.That(monitor.Add(1, double.NaN, Scores.NewRecord()), Is.True);
    }

    [Test]
    public void ThousandCopiesOfOneRecord_DoNotRollBack()
    {
        var monitor = new RollbackMonitor(LossKind.CrossEntropy);
        RecordHash record = Scores.NewRecord();
        for (int i = 0; i < 1000; i++)
            Assert.That(monitor.Add(0, 5, record), Is.False);
    }

    [Test]
    public void Choice_IsTheBestGenerationThatBeatsTheBase()
    {
        double[] truth = [1, 2, 3, 4];
        Assert.That(RollbackChoice.Best(truth, [[1, 2, 3, 5], [0.5, 1.4, 2.5, 3.6], [0.9, 1.9, 2.9, 3.9]]), Is.EqualTo(1));
    }

    [Test]
    public void Choice_WhereNoGenerationStandsOut_IsNone()
    {
        Assert.That(RollbackChoice.Best([1, 1, 1, 1], [[0, 2, 0.9, 1], [1, 1, 1, 1], [2, 2, 2, 2]]), Is.Null);
        Assert.That(RollbackChoice.Best([1, 1], []), Is.Null);
        Assert.That(RollbackChoice.Best([], [[]]), Is.Null);
    }

    [Test]
    public void Choice_NeverFallsOnAGenerationThatGivesNoNumber_ButSkipsRecordsThatTheBaseCannotScore()
    {
        Assert.That(RollbackChoice.Best([1, 1, 1], [[0.1, 0.2, double.NaN], [0.9, 0.8, 0.85]]), Is.EqualTo(1));
        Assert.That(RollbackChoice.Best([1, 1, double.NaN], [[0.1, 0.2, double.NaN]]), Is.EqualTo(0));
    }

    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static bool Watch(RollbackMonitor monitor, Random random, double mean)
    {
        double noise = 0.3 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return monitor.Add(1, 1 - mean - noise, Scores.NewRecord());
    }
}
