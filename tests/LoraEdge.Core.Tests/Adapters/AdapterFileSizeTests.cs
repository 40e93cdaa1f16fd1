namespace LoraEdge.Tests.Adapters;

public sealed class AdapterFileSizeTests
{
    private const int FixedBytes = 256;
    private const int BytesPerTarget = 8;
    private const int BytesPerVectorEntry = 32;

    [TestCase(1, 1)]
    [TestCase(1, 70_000)]
    [TestCase(24, 512)]
    [TestCase(3_000, 3)]
    public void Overhead_StaysBelowTheBoundWithTheLongestNumbers(int targets, int outFeatures)
    {
        // The highest indices take the longest form, and every other number is as long as it can be.
        int first = AdapterLimits.MaxInitializerIndex - targets + 1;
        Adapter adapter = Longest(Enumerable.Range(first, targets).Select(index => Target(index, outFeatures)).ToArray(), [new AdapterExtension(AdapterExtension.DeviceId, new byte[16])]);
        long payload = (long)targets * outFeatures * 2;
        long overhead = AdapterFile.Write(adapter).Length - payload;
        TestContext.Out.WriteLine($"{targets} targets of {outFeatures}: overhead {overhead} bytes");
        Assert.That(overhead, Is.LessThanOrEqualTo(FixedBytes + ((long)BytesPerTarget * targets)));
    }

    [Test]
    public void TheLongestFixedPart_Takes127Bytes()
    {
        AdapterTarget[] targets = Enumerable.Range(0, AdapterLimits.MaxTargets).Select(index => new AdapterTarget { InitializerIndex = index, OutFeatures = 1, B = new float[256] }).ToArray();
        Adapter adapter = Samples.With(Longest(targets, []), rank: 256);
        // Index 1, 2 or 3 bytes; length of 512 bytes of B, 3.
        long perTarget = (128 * 1L) + (128 * 2L) + ((65_536 - 256) * 3L) + (65_536 * 3L) + (65_536 * 512L);
        Assert.That(AdapterFile.Write(adapter).Length - perTarget, Is.EqualTo(127));
    }

    [TestCase(1)]
    [TestCase(8)]
    [TestCase(1_000)]
    public void AVersionVector_CostsAtMost32BytesPerEntry(int entries)
    {
        byte[] vector = VersionVector(entries);
        AdapterExtension[] extensions = [new(AdapterExtension.DeviceId, new byte[16]), new(AdapterExtension.VersionVector, vector)];
        Adapter adapter = Longest([Target(65_535, 100)], extensions);
        long overhead = AdapterFile.Write(adapter).Length - 200;
        TestContext.Out.WriteLine($"{entries} entries: overhead {overhead} bytes");
        Assert.That(overhead, Is.LessThanOrEqualTo(FixedBytes + BytesPerTarget + ((long)BytesPerVectorEntry * entries)));
    }

    [Test]
    public void AnExplicitA_AddsAtMostElevenBytesAndFivePerTarget()
    {
        Adapter adapter = Samples.Explicit(8);
        long payload = adapter.Targets.Sum(t => (t.A!.LongLength + t.B.LongLength) * 2);
        long overhead = AdapterFile.Write(adapter).Length - payload;
        Assert.That(overhead, Is.LessThanOrEqualTo(FixedBytes + 11 + ((BytesPerTarget + 5L) * adapter.Targets.Count)));
    }

    [Test]
    public void TheSampleOfTheFormatDocument_Takes100Bytes() =>
        Assert.That(AdapterFile.Write(Samples.Tiny()), Has.Length.EqualTo(100));

    private static Adapter Longest(AdapterTarget[] targets, AdapterExtension[] extensions) => Samples.With(
        Samples.Tiny(),
        targets: targets,
        extensions: extensions,
        projection: new Projection { Kind = ProjectionKind.Seeded, Seed = ulong.MaxValue, Crc32 = uint.MaxValue },
        training: new TrainingSummary { Records = long.MaxValue, Steps = long.MaxValue, HeldOutRecords = long.MaxValue });

    private static AdapterTarget Target(int index, int outFeatures) =>
        new() { InitializerIndex = index, OutFeatures = outFeatures, B = new float[outFeatures] };

    /// <summary>A MessagePack map from 16-byte device ids to counters in their longest form, as the format document lays it out.</summary>
    private static byte[] VersionVector(int entries)
    {
        var bytes = new List<byte> { 0xde, (byte)(entries >> 8), (byte)entries };
        for (int i = 0; i < entries; i++)
        {
            bytes.AddRange([0xc4, 16]);
            bytes.AddRange(new byte[16]);
            bytes.Add(0xcf);
            bytes.AddRange(Enumerable.Repeat((byte)0xff, 8));
        }

        return [.. bytes];
    }
}
