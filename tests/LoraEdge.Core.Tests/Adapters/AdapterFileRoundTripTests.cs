namespace LoraEdge.Tests.Adapters;

public sealed class AdapterFileRoundTripTests
{
    [Test]
    public void WriteThenRead_GivesTheSameAdapter(
        [Values(1, 8, 256)] int rank, [Values] AdapterPrecision precision, [Values] bool explicitA)
    {
        Adapter adapter = explicitA ? Samples.Explicit(rank) : Samples.Seeded(rank);
        byte[] bytes = AdapterFile.Write(adapter, precision);
        AdapterAssert.AreSame(AdapterFile.Read(bytes, "test", out AdapterPrecision stored), adapter);
        Assert.That(stored, Is.EqualTo(precision));
    }

    [Test]
    public void Extensions_SurviveARoundTrip([Values] bool explicitA)
    {
        AdapterExtension[] extensions = [new(1, new byte[16]), new(3, []), new(65_535, new byte[AdapterLimits.MaxExtensionBytes])];
        Adapter adapter = explicitA ? Samples.Explicit(1, extensions) : Samples.Seeded(1, 42, extensions);
        AdapterAssert.AreSame(AdapterFile.Read(AdapterFile.Write(adapter), "test"), adapter);
    }

    [Test]
    public void WriteReadWrite_GivesTheSameBytes([Values] AdapterPrecision precision, [Values] bool explicitA)
    {
        Adapter adapter = explicitA ? Samples.Explicit(3) : Samples.Seeded(3);
        byte[] first = AdapterFile.Write(adapter, precision);
        byte[] second = AdapterFile.Write(AdapterFile.Read(first, "test"), precision);
        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void EqualAdaptersMadeApart_GiveEqualBytes() =>
        Assert.That(AdapterFile.Write(Samples.Explicit(2)), Is.EqualTo(AdapterFile.Write(Samples.Explicit(2))));

    [Test]
    public void HalfPrecision_RoundsToNearestEven()
    {
        float[] b = [0.1f, 1f + (1f / 2048), 1f + (3f / 2048), 1e-9f, 65519f, -0f];
        Adapter adapter = Samples.With(Samples.Tiny(), targets: [new AdapterTarget { InitializerIndex = 0, OutFeatures = 6, B = b }]);
        float[] read = AdapterFile.Read(AdapterFile.Write(adapter), "test").Targets[0].B;
        Assert.That(read, Is.EqualTo(b.Select(v => (float)(Half)v)));
    }

    [Test]
    public void ExtremeButValidNumbers_SurviveARoundTrip()
    {
        Adapter adapter = Samples.With(
            Samples.Tiny(),
            scale: -float.Epsilon,
            projection: new Projection { Kind = ProjectionKind.Calibrated, Seed = ulong.MaxValue, Crc32 = uint.MaxValue },
            training: new TrainingSummary { Records = long.MaxValue, Steps = long.MaxValue, HeldOutRecords = long.MaxValue, BaseLoss = float.MaxValue, AdaptedLoss = -0f },
            targets: [new AdapterTarget { InitializerIndex = 65_535, OutFeatures = 2, B = [float.MaxValue, float.Epsilon] }]);
        AdapterAssert.AreSame(AdapterFile.Read(AdapterFile.Write(adapter, AdapterPrecision.Float32), "test"), adapter);
    }

    [Test]
    public void UnknownLosses_AreStoredAsOneNaN()
    {
        TrainingSummary none = new() { BaseLoss = float.NaN, AdaptedLoss = BitConverter.UInt32BitsToSingle(0xFFC12345) };
        Adapter read = AdapterFile.Read(AdapterFile.Write(Samples.With(Samples.Tiny(), training: none)), "test");
        Assert.That(BitConverter.SingleToUInt32Bits(read.Training.AdaptedLoss), Is.EqualTo(0x7FC00000));
        Assert.That(read.Training.BaseLoss, Is.NaN);
    }

    [Test]
    public void TheAdapter_DoesNotKeepTheFilesBytes()
    {
        byte[] bytes = AdapterFile.Write(Samples.Explicit(1, [new AdapterExtension(5, [1, 2, 3])]));
        Adapter read = AdapterFile.Read(bytes, "test");
        Array.Clear(bytes);
        AdapterAssert.AreSame(read, Samples.Explicit(1, [new AdapterExtension(5, [1, 2, 3])]));
    }
}
