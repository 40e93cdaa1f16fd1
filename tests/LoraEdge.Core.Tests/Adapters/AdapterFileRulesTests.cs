namespace LoraEdge.Tests.Adapters;

/// <summary>What the writer refuses before it writes a byte.</summary>
public sealed class AdapterFileRulesTests
{
    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(float.NegativeInfinity)]
    [TestCase(65520f)]
    [TestCase(-65520f)]
    public void AValueThatHalfPrecisionCannotHold_IsRefused(float value) =>
        Refused(WithB(value), AdapterPrecision.Float16, "value 1 of B of initializer 7");

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void AValueThatIsNotFinite_IsRefusedInSinglePrecisionToo(float value) =>
        Refused(WithB(value), AdapterPrecision.Float32, "training has diverged");

    [Test]
    public void AValueTooLargeForHalfPrecision_NamesTheRemedy()
    {
        Refused(WithB(70_000), AdapterPrecision.Float16, "Float32");
        Assert.That(AdapterFile.Read(AdapterFile.Write(WithB(70_000), AdapterPrecision.Float32), "test").Targets[0].B[1], Is.EqualTo(70_000f));
    }

    private static IEnumerable<TestCaseData> WrongAdapters()
    {
        Adapter tiny = Samples.Tiny();
        yield return Case("RankZero", "rank is 0", Samples.With(tiny, rank: 0));
        yield return Case("Rank257", "rank is 257", Samples.With(tiny, rank: 257));
        yield return Case("NaNScale", "scale", Samples.With(tiny, scale: float.NaN));
        yield return Case("ZeroScale", "scale", Samples.With(tiny, scale: 0));
        yield return Case("NoTargets", "0 targets", Samples.With(tiny, targets: []));
        yield return Case("BOfAnotherLength", "B of initializer 7 has 4 values", Samples.With(tiny, targets: [Target(7, 3, new float[4])]));
        yield return Case("NoOutputs", "0 output features", Samples.With(tiny, targets: [Target(7, 0, [])]));
        yield return Case("NegativeIndex", "initializer index -1", Samples.With(tiny, targets: [Target(-1, 1, [1])]));
        yield return Case("HighIndex", "initializer index 65536", Samples.With(tiny, targets: [Target(65_536, 1, [1])]));
        yield return Case("RepeatedIndex", "ascending indices", Samples.With(tiny, targets: [Target(7, 1, [1]), Target(7, 1, [1])]));
        yield return Case("DescendingIndex", "ascending indices", Samples.With(tiny, targets: [Target(7, 1, [1]), Target(6, 1, [1])]));
        yield return Case("NegativeRecords", "training records", Samples.With(tiny, training: tiny.Training with { Records = -1 }));
        yield return Case("NegativeSteps", "training steps", Samples.With(tiny, training: tiny.Training with { Steps = -1 }));
        yield return Case("NegativeHeldOut", "held-out records", Samples.With(tiny, training: tiny.Training with { HeldOutRecords = -1 }));
        yield return Case("NaNLoss", "base loss", Samples.With(tiny, training: tiny.Training with { BaseLoss = float.NaN }));
        yield return Case("UnknownKind", "projection kind is 0", Samples.With(tiny, projection: new Projection { Kind = 0 }));
        yield return Case("ExplicitWithoutA", "no A of its own", Samples.With(tiny, projection: new Projection { Kind = ProjectionKind.Explicit }));
        yield return Case("SeededWithA", "an A of its own", Samples.With(Samples.Explicit(), projection: tiny.Projection));
        yield return Case("ExplicitWithCrc", "expected 0 and 0", Samples.With(Samples.Explicit(), projection: new Projection { Kind = ProjectionKind.Explicit, Crc32 = 1 }));
        yield return Case("ARowTooShort", "A of initializer 7", Samples.With(Samples.Explicit(2), targets: [new AdapterTarget { InitializerIndex = 7, OutFeatures = 1, B = [1, 1], A = [1] }]));
        yield return Case("UnorderedExtensions", "extension 1 follows 3", Samples.With(tiny, extensions: [new(3, []), new(1, [])]));
        yield return Case("TooManyExtensions", "65 extensions", Samples.With(tiny, extensions: Enumerable.Range(0, 65).Select(i => new AdapterExtension((2 * i) + 1, [])).ToArray()));
        yield return Case("LargerThanAFile", "67108864", Samples.With(tiny, rank: 3, targets: [Target(1, 1 << 24, new float[3 << 24])]));
    }

    [TestCaseSource(nameof(WrongAdapters))]
    public void AnAdapterThatBreaksARule_IsRefused(object adapter, string saying) => Refused((Adapter)adapter, AdapterPrecision.Float16, saying);

    [Test]
    public void AnUnknownPrecision_IsRefused() => Refused(Samples.Tiny(), (AdapterPrecision)3, "precision is 3");

    private static void Refused(Adapter adapter, AdapterPrecision precision, string saying) =>
        Assert.That(() => AdapterFile.Write(adapter, precision), Throws.TypeOf<AdapterFormatException>().With.Message.Contains(saying));

    private static Adapter WithB(float value) => Samples.With(Samples.Tiny(), targets: [Target(7, 2, [0, value])]);

    private static AdapterTarget Target(int index, int outFeatures, float[] b) => new() { InitializerIndex = index, OutFeatures = outFeatures, B = b };

    private static TestCaseData Case(string name, string saying, Adapter adapter) => new TestCaseData(adapter, saying).SetArgDisplayNames(name);
}
