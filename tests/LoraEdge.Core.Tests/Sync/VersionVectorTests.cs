using LoraEdge.Tests.Adapters;
using static LoraEdge.Tests.Sync.Devices;

namespace LoraEdge.Tests.Sync;

public sealed class VersionVectorTests
{
    [Test]
    public void AVector_IncludesOneThatHasNoMoreRecordsOfAnyDevice()
    {
        VersionVector vector = Vector((A, 5), (B, 7));
        Assert.That(vector.Includes(vector), Is.True);
        Assert.That(vector.Includes(VersionVector.Empty), Is.True);
        Assert.That(vector.Includes(Vector((B, 7))), Is.True);
        Assert.That(vector.Includes(Vector((A, 6))), Is.False);
        Assert.That(vector.Includes(Vector((A, 1), (C, 1))), Is.False);
    }

    [Test]
    public void Merging_TakesTheLargerOfEach_InAnyOrder()
    {
        VersionVector left = Vector((A, 5), (B, 7)), right = Vector((C, 2), (B, 9), (A, 1));
        Assert.That(left.Merge(right), Is.EqualTo(Vector((A, 5), (B, 9), (C, 2))));
        Assert.That(right.Merge(left), Is.EqualTo(left.Merge(right)));
        Assert.That(left.Merge(right).GetHashCode(), Is.EqualTo(right.Merge(left).GetHashCode()));
        Assert.That(left.Merge(right).Records, Is.EqualTo(16));
    }

    [Test]
    public void ACount_IsRaisedAndNeverLowered() => Assert.That(Vector((A, 5)).With(A, 3), Is.EqualTo(Vector((A, 5))));

    [Test]
    public void Records_OfHostileCounts_DoNotOverflow() => Assert.That(Vector((A, long.MaxValue), (B, long.MaxValue)).Records, Is.EqualTo(long.MaxValue));

    [Test]
    public void AnOrigin_IsReadAsItWasWritten()
    {
        AdapterOrigin origin = Origin(B, 12, Vector((A, 1), (B, 300), (C, long.MaxValue)));
        Adapter read = AdapterFile.Read(Devices.File(origin.Device, origin.Generation, origin.Vector, 1), "file");
        Assert.That(AdapterOrigin.Of(read, "file"), Is.EqualTo(origin));
    }

    [Test]
    public void AnAdapterWithoutOrigin_HasLearnedFromNothingKnown() => Assert.That(AdapterOrigin.Of(Samples.Tiny(), "file"), Is.EqualTo(new AdapterOrigin()));

    [TestCaseSource(nameof(BrokenVectors))]
    public void ABrokenVector_IsRefused(byte[] content) =>
        Assert.That(() => AdapterOrigin.Of(Samples.With(Samples.Tiny(), extensions: [new AdapterExtension(AdapterExtension.VersionVector, content)]), "a.lora"),
            Throws.TypeOf<AdapterFormatException>().With.Message.Contains("a.lora, extension 3"));

    [TestCase(new byte[] { 1, 2, 3 }, AdapterExtension.DeviceId)]
    [TestCase(new byte[] { 0x92, 0, 0 }, AdapterExtension.Generation)]
    [TestCase(new byte[] { 0x92, 1, 0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, AdapterExtension.Generation)]
    [TestCase(new byte[] { 0x91, 1 }, AdapterExtension.Generation)]
    public void ABrokenOrigin_IsRefused(byte[] content, int number) =>
        Assert.That(() => AdapterOrigin.Of(Samples.With(Samples.Tiny(), extensions: [new AdapterExtension(number, content)]), "a.lora"), Throws.TypeOf<AdapterFormatException>());

    [Test]
    public void AVectorOfTooManyDevices_IsRefusedBeforeItIsRead()
    {
        byte[] content = [0xde, 0x04, 0x01, .. new byte[4000]];
        Assert.That(() => AdapterOrigin.Of(Samples.With(Samples.Tiny(), extensions: [new AdapterExtension(AdapterExtension.VersionVector, content)]), "a.lora"),
            Throws.TypeOf<AdapterFormatException>().With.Message.Contains("1025"));
    }

    private static IEnumerable<byte[]> BrokenVectors()
    {
        byte[] a = [0xc4, 16, .. A.ToArray()], b = [0xc4, 16, .. B.ToArray()];
        yield return [];
        yield return [0x81];
        yield return [0x81, .. a];
        yield return [0x81, .. a, 0];           // no records
        yield return [0x81, .. a, 0xff];        // minus one
        yield return [0x82, .. b, 1, .. a, 1];  // descending
        yield return [0x82, .. a, 1, .. a, 2];  // twice
        yield return [0x81, .. a, 1, 0];        // goes on
        yield return [0x81, 0xc4, 2, 1, 2, 1];  // a short id
        yield return [0xdf, 0xff, 0xff, 0xff, 0xff];
    }
}
