using LoraEdge.Tests.Adapters;
using static LoraEdge.Tests.Sync.Devices;

namespace LoraEdge.Tests.Sync;

public sealed class HeadAverageTests
{
    [Test]
    public void TheAverage_IsThatOfTheChanges_RoundedOnce([Values(AdapterPrecision.Float16, AdapterPrecision.Float32)] AdapterPrecision precision)
    {
        float[] scales = [0.5f, 2f, -1.5f];
        long[] records = [100, 37, 263];
        byte[][] files = [.. Enumerable.Range(0, 3).Select(i => Devices.File(Id(i + 1), 1, Vector((Id(i + 1), records[i])), i, scales[i], precision))];
        Adapter[] heads = [.. files.Select(file => AdapterFile.Read(file, "head"))];
        Adapter average = Read(files).Effective!.Adapter;

        Assert.That(average.Scale, Is.EqualTo(2f), "the largest, so that no number grows");
        for (int target = 0; target < average.Targets.Count; target++)
        {
            for (int i = 0; i < average.Targets[target].B.Length; i++)
            {
                double expected = Enumerable.Range(0, 3).Sum(head => records[head] / 400.0 * scales[head] * heads[head].Targets[target].B[i]) / 2;
                float rounded = precision == AdapterPrecision.Float16 ? (float)(Half)expected : (float)expected;
                Assert.That(average.Targets[target].B[i], Is.EqualTo(rounded));
            }
        }
    }

    [Test]
    public void ANumberJustAboveATie_IsNotRoundedTwice()
    {
        // The average is 1.2e-8 above the middle of two halves, which is less than a float can tell.
        float next = 1 + MathF.Pow(2, -10);
        byte[] first = Devices.File(Constant(next), A, 1, Vector((A, 20_001))), second = Devices.File(Constant(1), B, 1, Vector((B, 20_000)));
        double average = 1 + (20_001 / 40_001.0 * Math.Pow(2, -10));
        Assert.That((float)(Half)(float)average, Is.EqualTo(1f), "rounded twice");
        Assert.That(Read(first, second).Effective!.Adapter.Targets[0].B[0], Is.EqualTo(next));
    }

    [Test]
    public void ASingleHead_IsItsOwnAverage()
    {
        byte[] file = Devices.File(A, 3, Vector((A, 7), (B, 2)), 1, scale: 0.3f);
        EffectiveAdapter effective = Read(file).Effective!;
        Adapter head = AdapterFile.Read(file, "head");
        Assert.That(effective.Adapter.Targets.Select(target => target.B), Is.EqualTo(head.Targets.Select(target => target.B)));
        Assert.That(effective.Adapter.Training, Is.EqualTo(head.Training));
        Assert.That(effective.Vector, Is.EqualTo(Vector((A, 7), (B, 2))));
        Assert.That(AdapterOrigin.Of(effective.Adapter, "effective").Vector, Is.EqualTo(effective.Vector));
        Assert.That(AdapterFile.Write(effective.Adapter), Is.EqualTo(effective.Bytes.ToArray()));
    }

    [Test]
    public void TheSummary_OfAnAverage_ClaimsNoLoss()
    {
        TrainingSummary training = Read(Devices.File(A, 1, Vector((A, 10)), 1), Devices.File(B, 1, Vector((B, 30)), 2)).Effective!.Adapter.Training;
        Assert.That(training.Records, Is.EqualTo(40));
        Assert.That(training.HeldOutRecords, Is.Zero);
        Assert.That(training.BaseLoss, Is.NaN);
    }

    [Test]
    public void LargeNumbersWithDifferentScales_StayFinite()
    {
        byte[] large = Devices.File(Constant(65000f, scale: 8f), A, 1, Vector((A, 1)));
        byte[] small = Devices.File(Constant(65000f, scale: 0.001f), B, 1, Vector((B, 1)));
        Assert.That(Read(large, small).Effective!.Adapter.Targets[0].B[0], Is.EqualTo(32500f).Within(20f));
    }

    [Test]
    public void AdaptersWithAnAOfTheirOwn_AreNotAveraged()
    {
        (string, byte[])[] files = [("more.lora", Devices.File(Samples.Explicit(), A, 1, Vector((A, 10)))), ("less.lora", Devices.File(Samples.With(Samples.Explicit(), scale: 2f), B, 1, Vector((B, 5))))];
        DevicesReport report = Read(files);
        Assert.That(report.Named("less.lora").State, Is.EqualTo(DeviceFileState.Ignored));
        Assert.That(report.Named("less.lora").Reason, Does.Contain("A of its own"));
        Assert.That(report.Effective!.Adapter.Scale, Is.EqualTo(0.5f));
        Assert.That(report.Effective.Vector, Is.EqualTo(Vector((A, 10))), "what it did not take in, it does not include");
    }

    private static Adapter Constant(float value, float scale = 1f) =>
        Samples.With(Samples.Tiny(), targets: [new AdapterTarget { InitializerIndex = 7, OutFeatures = 3, B = [value, value, value] }], scale: scale);
}
