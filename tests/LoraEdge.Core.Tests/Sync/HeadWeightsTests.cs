using static LoraEdge.Tests.Sync.Devices;

namespace LoraEdge.Tests.Sync;

public sealed class HeadWeightsTests
{
    [Test]
    public void TwoDevicesThatKnowNothingOfEachOther_CountByTheirRecords() =>
        Assert.That(HeadWeights.Of([Vector((A, 300)), Vector((B, 100))], VersionVector.Empty), Is.EqualTo(new[] { 300.0, 100.0 }));

    [Test]
    public void RecordsThatBothHaveSeen_AreShared() =>
        Assert.That(HeadWeights.Of([Vector((A, 120), (B, 50)), Vector((A, 100), (B, 80))], VersionVector.Empty), Is.EqualTo(new[] { 50 + 20 + 25.0, 50 + 25 + 30.0 }));

    /// <summary>The same by going through every record there is.</summary>
    [Test]
    public void EachDistinctRecord_CountsOnce()
    {
        var random = new Random(5);
        for (int round = 0; round < 500; round++)
        {
            VersionVector[] heads = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => RandomVector(random))];
            VersionVector forgotten = random.Next(2) == 0 ? VersionVector.Empty : RandomVector(random);
            double[] expected = new double[heads.Length];
            int records = 0;
            for (int device = 1; device <= 4; device++)
            {
                for (long record = forgotten[Id(device)] + 1; record <= 20; record++)
                {
                    int[] containing = [.. Enumerable.Range(0, heads.Length).Where(head => heads[head][Id(device)] >= record)];
                    records += Math.Min(1, containing.Length);
                    foreach (int head in containing)
                        expected[head] += 1.0 / containing.Length;
                }
            }

            double[] weights = HeadWeights.Of(heads, forgotten);
            Assert.That(weights, Is.EqualTo(expected).Within(1e-9));
            Assert.That(weights.Sum(), Is.EqualTo(records).Within(1e-9));
        }
    }

    [Test]
    public void CountsOfAHostileFile_StayFinite() =>
        Assert.That(HeadWeights.Of([Vector((A, long.MaxValue), (B, long.MaxValue)), Vector((C, 1))], VersionVector.Empty), Is.All.GreaterThan(0).And.All.LessThan(double.PositiveInfinity));

    private static VersionVector RandomVector(Random random) =>
        Vector([.. Enumerable.Range(1, 4).Select(device => (Id(device), (long)random.Next(0, 21)))]);
}
