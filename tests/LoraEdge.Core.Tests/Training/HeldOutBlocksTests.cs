namespace LoraEdge.Tests.Training;

/// <summary>Which records are held out for ever.</summary>
public sealed class HeldOutBlocksTests
{
    [TestCase(0.05)]
    [TestCase(0.1)]
    [TestCase(0.25)]
    [TestCase(0.3)]
    public void AboutTheShareIsHeldOut_InWholeBlocks(double share)
    {
        bool[] heldOut = [.. Enumerable.Range(0, 160_000).Select(record => HeldOutBlocks.Contains(record, share))];

        Assert.That(heldOut.Count(held => held) / 160_000.0, Is.EqualTo(share).Within(0.03 * share));
        Assert.That(heldOut.Chunk(HeldOutBlocks.BlockSize).All(block => block.Distinct().Count() == 1));
    }

    [Test]
    public void OfTenBlocksInARow_OneIsHeldOut_AtPlacesThatDiffer()
    {
        int[] places = [.. Enumerable.Range(0, 1000).Select(stratum =>
            Enumerable.Range(0, 10).Where(place => HeldOutBlocks.Contains((stratum * 10 + place) * HeldOutBlocks.BlockSize, 0.1)).Single())];

        Assert.That(places.GroupBy(place => place).Select(group => group.Count()), Is.All.InRange(60, 140));
    }

    [Test]
    public void AShortLog_HasSomeHeldOut() =>
        Assert.That(Enumerable.Range(0, 50).Count(record => HeldOutBlocks.Contains(record, 0.1)), Is.EqualTo(HeldOutBlocks.BlockSize));

    [Test]
    public void NoneOrNearlyAll_CanBeHeldOut()
    {
        Assert.That(Enumerable.Range(0, 1000).Any(record => HeldOutBlocks.Contains(record, 0)), Is.False);
        Assert.That(Enumerable.Range(0, 16_000).Count(record => HeldOutBlocks.Contains(record, 0.9)), Is.InRange(11_000, 15_500));
    }

    [Test]
    public void TheChoice_IsTheSameForEver() =>
        Assert.That(Enumerable.Range(0, 100).Where(block => HeldOutBlocks.Contains(block * (long)HeldOutBlocks.BlockSize, 0.1)), Is.EqualTo(new[] { 1, 16, 22, 32, 46, 55, 69, 78, 86, 94 }));

    [Test]
    public void LargeNumbers_AreInRange() =>
        Assert.That(Enumerable.Range(0, 1600).Count(i => HeldOutBlocks.Contains(1_000_000_000_000 + i, 0.1)), Is.EqualTo(160));
}
