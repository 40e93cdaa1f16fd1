namespace LoraEdge.Tests.Gating;

/// <summary>What copies of a record count.</summary>
public sealed class RepeatedRecordsTests
{
    [Test]
    public void Copies_CountOneByTheSquareOfTheirNumber() => Assert.That(Shares(6, _ => 0), Is.EqualTo(new[] { 1, 1 / 4.0, 1 / 9.0, 1 / 16.0, 1 / 25.0, 1 / 36.0 }).Within(1e-12));

    [Test]
    public void ManyCopies_TogetherCountLessThanTwoRecords() => Assert.That(Shares(10_000, _ => 0).Sum(), Is.LessThan(1.645));

    [Test]
    public void EqualInputs_WithTargetsThatAlternate_CountAboutHalf() => Assert.That(Shares(1000, i => (ulong)i % 2).Sum(), Is.EqualTo(500).Within(10));

    [Test]
    public void EqualInputs_WithTargetsThatAllDiffer_CountInFull() => Assert.That(Shares(1000, i => (ulong)i).Skip(2), Is.All.EqualTo(1));

    [Test]
    public void InputsThatComeUpOnceInSixty_CountInFull()
    {
        var records = new RepeatedRecords(100_000);
        double[] shares = [.. Enumerable.Range(0, 3000).Select(i => records.Share(new RecordHash(i % 60 == 0 ? ulong.MaxValue : (ulong)i, 0)))];
        Assert.That(shares.Skip(61), Is.All.EqualTo(1));
    }

    [Test]
    public void FewRecordsInTurn_TogetherCountLessThanTwoEach()
    {
        var records = new RepeatedRecords(100_000);
        Assert.That(Enumerable.Range(0, 10_000).Sum(i => records.Share(new RecordHash((ulong)i % 20, 0))), Is.LessThan(20 * 1.645));
    }

    [Test]
    public void Share_NeverDependsOnTheRecordsOwnTarget()
    {
        for (ulong target = 0; target < 3; target++)
        {
            var records = new RepeatedRecords(100);
            foreach (ulong earlier in new ulong[] { 0, 0, 1 })
                records.Share(new RecordHash(7, earlier));
            Assert.That(records.Share(new RecordHash(7, target)), Is.EqualTo(2 / 3.0).Within(1e-12));
        }
    }

    [Test]
    public void Capacity_ReachedByOtherRecords_StartsAnew()
    {
        var records = new RepeatedRecords(10);
        for (ulong i = 0; i < 10; i++)
            records.Share(new RecordHash(i, 0));
        Assert.That(records.Share(new RecordHash(0, 0)), Is.EqualTo(1));
    }

    private static double[] Shares(int count, Func<int, ulong> target)
    {
        var records = new RepeatedRecords(100_000);
        return [.. Enumerable.Range(0, count).Select(i => records.Share(new RecordHash(1, target(i))))];
    }
}
